/** Tabs as the ARIA practices ask: arrow keys move, only the chosen one is in the tab order. */

/** Make a tablist work; `onShow(id)` tells which panel is open. Returns a function that opens one by its panel's id. */
export function makeTabs(list, onShow) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const open = (id, focus = false) => {
    for (const tab of tabs) {
      const chosen = tab.getAttribute("aria-controls") === id;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
      if (chosen && focus) tab.focus();
    }
    onShow(id);
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => open(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: tabs.length - 1 - index }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      open(tabs[(index + step + tabs.length) % tabs.length].getAttribute("aria-controls"), true);
    });
  });
  open(tabs[0].getAttribute("aria-controls"));
  return open;
}
