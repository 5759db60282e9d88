import "./style/base.css";
import "./style/layout.css";
import "./style/controls.css";
import "./style/panels.css";
import { Studio } from "./studio.js";

// Within reach of the browser's console, and of the tests: what the page knows.
window.studio = new Studio();
window.studio.start();
