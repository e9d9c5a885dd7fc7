import { ask, element, table } from "/steward/dom.js";

/** One line of the list. */
export function title(asked) {
  return `request ${asked.disclosureId} of ${asked.requester}`;
}

/** A request of another member, or an own one; decide(verb, body) is called when the person has made up their mind. */
export function show(asked, decide) {
  const waits = asked.state === "waiting";
  return [
    element("h2", { tabIndex: -1, id: "shown" }, `${title(asked)}: ${asked.state}`),
    element("p", {}, `${asked.requester} asks ${asked.owner} about statement ${asked.statement}, since ${asked.askedAt}.`),
    fact("Purpose", asked.purpose),
    fact("In words, sealed for this site", asked.words),
    fact("Decided", asked.decidedBy === undefined ? undefined : `by ${asked.decidedBy} at ${asked.decidedAt}${asked.reason === undefined ? "" : `, ${asked.reason}`}`),
    fact("Answer in words", asked.answer),
    fact("On its way", asked.sealed),
    fact("Mind", asked.note),
    element("h3", {}, waits ? `Values that would leave, for ${asked.requester} alone` : "Values"),
    asked.values.length === 0 ? element("p", { class: "stays" }, "None.") : values(asked, waits),
    waits ? desk(asked, decide) : null,
  ];
}

function fact(name, text) {
  return text === undefined ? null : element("p", {}, `${name}: ${text}`);
}

function values(asked, waits) {
  return table(waits ? "Values that would leave" : "Values", ["Field", "Value", "Why it is asked here"], asked.values.map((value) => [
    `${value.kind ?? "record"} ${value.record}: ${value.name}`,
    value.closed === undefined
      ? element("span", { class: "leaves" }, value.value)
      : element("span", { class: "stays" }, `stays here: ${value.closed}`),
    value.rule ?? asked.proof ?? "",
  ]));
}

function desk(asked, decide) {
  const words = element("textarea", { id: "words", maxLength: 1000 });
  return element("section", { "aria-label": "Your decision" },
    element("h3", {}, "Your decision"),
    element("p", {}, "Everybody sees that you decided, on which commitments and for whom. Nobody but the reader sees a value."),
    element("fieldset", {},
      element("legend", {}, "Open it"),
      element("button", { type: "button", class: "chief", id: "open", onclick: () => ask(
        `Open it for ${asked.requester}?`, "What was read cannot be taken back.", () => decide("approve", {})) }, "Open")),
    element("form", { id: "closing", onsubmit: (event) => {
      event.preventDefault();
      decide("refuse", words.value === "" ? {} : { words: words.value });
    } },
      element("fieldset", {},
        element("legend", {}, "Keep it here"),
        element("label", { htmlFor: "words" }, `Why, for ${asked.requester} alone; may be left empty`),
        words,
        element("button", { type: "submit", id: "keep" }, "Refuse"))));
}
