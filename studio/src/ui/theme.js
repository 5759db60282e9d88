/** Light, dark, or as the system has it. */
import { byId, kept } from "./dom.js";

const THEMES = ["auto", "light", "dark"];
const WORDS = { auto: "as the system", light: "light", dark: "dark" };

export function makeThemeSwitch() {
  const button = byId("theme");
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", `Colours: ${WORDS[theme]}`);
    button.title = `Colours: ${WORDS[theme]}`;
  };
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    kept.set("theme", next);
    apply(next);
  });
  const before = kept.get("theme", "auto");
  apply(THEMES.includes(before) ? before : "auto");
}
