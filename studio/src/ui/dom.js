/** Small helpers to build the page. */

/** Get an element by its id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Make an element: make("div", {class: "x", onclick: f}, child, "text", ...). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Set a text only when it changed, so that the browser lays out nothing in vain. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What was chosen before, kept in the browser; a browser without storage forgets. */
export const kept = {
  get(key, fallback = null) {
    try {
      return localStorage.getItem(`facecast.${key}`) ?? fallback;
    } catch {
      return fallback;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`facecast.${key}`, value);
    } catch {
      return; // private windows may refuse: the choice lasts as long as the page
    }
  },
};
