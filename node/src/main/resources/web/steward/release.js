import { ask, element, table } from "/steward/dom.js";

const BECOMES = {
  public: "the value itself stands in the statement",
  opened: "a commitment, and the value goes along in clear",
  bucketed: "a commitment, and its range goes along in clear",
  linked: "a value that members with the linking key can try to guess",
  committed: "a commitment, which says nothing until you open it",
  stays: "stays here",
};

/** The last words of a predicate's address, for people. */
export function kind(predicateType) {
  return predicateType.replace("https://weft.dev/", "").replace(/\/v\d+$/, "");
}

/** One line of the list. */
export function title(release) {
  return `${kind(release.predicateType)} ${release.releaseId}`;
}

/** A whole preview; decide(verb, body) is called when the person has made up their mind. */
export function show(release, decide) {
  const heading = element("h2", { tabIndex: -1, id: "shown" }, `${title(release)}: ${release.state}`);
  const open = release.state === "waiting" || release.state === "held";
  return [
    heading,
    element("p", {}, `About record ${release.record}, asked at ${release.askedAt}.`),
    decided(release),
    element("h3", {}, open ? "Who will see it" : "Who can see it"),
    element("p", {}, release.state === "refused" ? "Nobody: it was refused." : `${sentence(release.seenBy)}. ${release.guessing}`),
    element("h3", {}, "Values that go along in clear"),
    release.openings.length === 0
      ? element("p", { class: "stays" }, "None.")
      : table("Values that go along in clear", ["Name", "Value"],
        release.openings.map((opening) => [opening.name, element("span", { class: "leaves" }, opening.value)])),
    element("h3", {}, "What becomes of each field"),
    fields(release),
    element("h3", {}, "The exact bytes"),
    element("p", {}, `The header is ${release.header}. Everything else leaves byte for byte as it stands here.`),
    element("pre", { id: "body", tabIndex: 0, "aria-label": "The exact bytes" }, release.body),
    open ? desk(decide) : null,
  ];
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function decided(release) {
  if (release.decidedBy === undefined) {
    return null;
  }
  const why = release.reason === undefined ? "" : ` Reason: ${release.reason}`;
  return element("p", {}, `Decided by ${release.decidedBy} at ${release.decidedAt}, record ${release.decision}.${why}`);
}

function fields(release) {
  const fresh = new Set(release.new.flatMap((group) => group.fields.map((field) => `${group.record}/${field}`)));
  const rows = [];
  for (const [outcome, words] of Object.entries(BECOMES)) {
    for (const group of release[outcome]) {
      for (const field of group.fields) {
        const known = outcome === "stays" || release.statement !== undefined ? "-"
          : fresh.has(`${group.record}/${field}`) ? "new" : "known";
        rows.push([`${group.kind} ${group.record}: ${field}`,
          element("span", { class: outcome === "stays" ? "stays" : "leaves" }, words), known]);
      }
    }
  }
  return table("Every field of every record behind the statement", ["Field", "What becomes of it", "To the federation"], rows);
}

function desk(decide) {
  const ahead = element("input", { type: "checkbox", id: "ahead" });
  const reason = element("textarea", { id: "reason", maxLength: 1000, required: true });
  return element("section", { "aria-label": "Your decision" },
    element("h3", {}, "Your decision"),
    element("fieldset", {},
      element("legend", {}, "Let it out"),
      element("label", { class: "beside" }, ahead,
        element("span", {}, "From now on also what is like it: of this kind, on the same data, telling of no other field, under the same policy")),
      element("button", { type: "button", class: "chief", id: "approve", onclick: () => ask(
        "Let it out?", "What has left cannot be taken back.", () => decide("approve", { ahead: ahead.checked })) }, "Approve")),
    element("form", { id: "refusal", onsubmit: (event) => {
      event.preventDefault();
      decide("refuse", { reason: reason.value });
    } },
      element("fieldset", {},
        element("legend", {}, "Keep it here"),
        element("label", { htmlFor: "reason" }, "Why; it is recorded at this site and goes nowhere"),
        reason,
        element("button", { type: "submit", id: "refuse" }, "Refuse"))));
}
