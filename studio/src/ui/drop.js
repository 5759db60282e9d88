/** Drop a file anywhere: a model becomes the character, everything else the picture. */
import { byId } from "./dom.js";

export function acceptDrops(picture, wearers) {
  const hint = byId("drop-hint");
  let depth = 0;
  const show = (isOver) => (hint.hidden = !isOver);
  addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth++;
    show(true);
  });
  addEventListener("dragleave", () => show(--depth > 0));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    show(false);
    const [file] = event.dataTransfer.files;
    if (!file) return;
    if (/\.(glb|gltf|vrm)$/i.test(file.name)) wearers.openFile(file);
    else picture.openFile(file);
  });
}
