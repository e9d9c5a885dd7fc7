/** Makes an element. Text goes in as text: nothing that comes from the node is ever read as markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") {
      made.className = value;
    } else if (key in made && !key.startsWith("aria")) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A table with a caption and one header row; cells are text or elements. */
export function table(caption, head, rows) {
  return element("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption },
    element("table", {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {},
        ...row.map((cell, n) => element(n === 0 ? "th" : "td", n === 0 ? { scope: "row" } : {}, cell)))))));
}

/** One sentence for everybody, also for who listens. */
export function say(sentence, bad = false) {
  const word = document.getElementById("word");
  word.textContent = sentence;
  word.className = bad ? "bad" : "";
}

/** A question in a modal dialog: the browser keeps the focus in it and gives it back. */
export function ask(question, warning, yes) {
  const dialog = element("dialog", { id: "sure", "aria-labelledby": "question" },
    element("h2", { id: "question" }, question),
    element("p", {}, warning),
    element("div", { class: "row" },
      element("button", { type: "button", id: "no", autofocus: true, onclick: () => dialog.close() }, "Not yet"),
      element("button", { type: "button", class: "chief", id: "yes", onclick: () => {
        dialog.close();
        yes();
      } }, "Yes")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
