"use strict";
// Comfort only: without it the page has the same text, all of it readable. It fetches nothing and builds no HTML from text.
(() => {
  const form = document.getElementById("_filter");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Copying: the clipboard where the browser lets us, else the old command, else the text is selected for the reader.
  const copyByCommand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      area.remove();
    }
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyByCommand(text);
    }
  };
  for (const figure of all(".copied")) {
    const button = document.createElement("button");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "unseen";
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${figure.querySelector("figcaption").textContent}`);
    let waiting = 0;
    button.addEventListener("click", async () => {
      const code = figure.querySelector("pre");
      const done = await copy(code.textContent);
      if (!done) {
        getSelection().selectAllChildren(code);
      }
      button.focus();
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      said.textContent = button.textContent;
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        button.textContent = "Copy";
        said.textContent = "";
      }, 2000);
    });
    figure.querySelector("figcaption").append(button, said);
  }

  // A link to something that is folded or filtered away shows it.
  const reveal = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = id && document.getElementById(id);
    if (!target) {
      return;
    }
    for (let at = target; at; at = at.parentElement) {
      at.hidden = false;
      if (at.tagName === "DETAILS") {
        at.open = true;
      }
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    // The same link a second time changes no hash, and the panel may have been folded since.
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) {
      reveal();
    }
  });

  if (!form) {
    reveal();
    return;
  }

  // The filter: its state is the query of the address, so that what is seen can be linked to.
  const text = document.getElementById("_text");
  const store = document.getElementById("_store");
  const boxes = all('.words input[type="checkbox"]');
  const groups = all(".matrix tbody");
  const rows = all(".matrix .row");
  const texts = new Map();
  const panelOf = (group) => document.getElementById(group.dataset.mapping);
  const textOf = (group) => {
    if (!texts.has(group)) {
      const panel = panelOf(group);
      texts.set(group, `${group.textContent} ${panel ? panel.textContent : ""}`.toLowerCase());
    }
    return texts.get(group);
  };
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const only = store ? store.value : "";
    for (const element of all("main [data-store]")) {
      element.hidden = Boolean(only) && element.dataset.store !== only;
    }
    let shown = 0;
    for (const group of groups) {
      const fits = words.every((word) => textOf(group).includes(word));
      let any = false;
      for (const row of all(".row", group)) {
        const cells = all("td", row).filter((cell) => !cell.hidden && cell.dataset.verdict);
        row.hidden = !fits || !cells.some((cell) => !verdicts.size || verdicts.has(cell.dataset.verdict));
        any ||= !row.hidden;
        shown += row.hidden ? 0 : 1;
      }
      group.hidden = !any;
      const panel = panelOf(group);
      if (panel) {
        panel.hidden = !any;
      }
    }
    const filtered = words.length > 0 || verdicts.size > 0 || Boolean(only);
    document.getElementById("_shown").textContent = filtered ? `${shown} of ${rows.length} rows` : "";
    document.getElementById("_none").hidden = shown > 0;
    document.querySelector(".matrix").hidden = shown === 0;
  };
  const write = () => {
    const query = new URLSearchParams();
    const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
    if (verdicts.length) {
      query.set("verdict", verdicts.join(" "));
    }
    if (store && store.value) {
      query.set("store", store.value);
    }
    if (text.value.trim()) {
      query.set("text", text.value.trim());
    }
    const search = query.toString();
    try {
      history.replaceState(null, "", `${location.pathname}${search ? `?${search}` : ""}${location.hash}`);
    } catch {
      // Some browsers keep the address of a local file as it is; the filter works all the same.
    }
  };
  const read = () => {
    const query = new URLSearchParams(location.search);
    const verdicts = (query.get("verdict") || "").split(/[\s,]+/);
    for (const box of boxes) {
      box.checked = verdicts.includes(box.value);
    }
    if (store) {
      const wanted = query.get("store") || "";
      store.value = all("option", store).some((option) => option.value === wanted) ? wanted : "";
    }
    text.value = query.get("text") || "";
  };
  const changed = () => {
    apply();
    write();
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    text.value = "";
    boxes.forEach((box) => (box.checked = false));
    if (store) {
      store.value = "";
    }
    changed();
  });
  text.addEventListener("input", changed);
  [store, ...boxes].forEach((control) => control && control.addEventListener("change", changed));
  addEventListener("popstate", () => {
    read();
    apply();
  });

  form.hidden = false;
  boxes.forEach((box) => (box.hidden = false));
  read();
  apply();
  reveal();
})();
