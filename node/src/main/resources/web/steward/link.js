import { element, table } from "/steward/dom.js";

/** The linking key and who asked for it; act(path, body, done) is called when the person has made up their mind. */
export function show(status, requests, act) {
  return [
    element("h2", { tabIndex: -1, id: "shown" }, "Linking key"),
    element("p", {}, standing(status)),
    element("p", {}, "Equal digests at several sites meet under this key. Whoever has it can try out digests: every member"
      + " with the key, and neither auditors nor whoever runs the aggregator. It is given to nobody without your yes, and"
      + " sealed to the key that the member has enrolled; compare the fingerprint with the member if you doubt it."),
    status.epoch === 0 && status.mirrored
      ? element("button", { type: "button", onclick: () => act("/v1/link/make", {}, "The key is made; the log decides whose counts.") },
        "Make the federation's key")
      : null,
    table("Requests of other members", ["Request", "Member", "Fingerprint of its key", "Asked", "State"],
      requests.map((asked) => [
        String(asked.requestId),
        `${asked.member}, link epoch ${asked.epoch}`,
        asked.keyId,
        asked.askedAt,
        asked.state === "waiting" ? decision(asked, act) : `${asked.state} by ${asked.decidedBy}`,
      ])),
  ];
}

function standing(status) {
  if (!status.mirrored) {
    return "This node has no verified copy of the shared log yet, so it knows of no linking key.";
  }
  if (status.epoch === 0) {
    return "The federation has no linking key yet.";
  }
  return `Link epoch ${status.epoch}, made by ${status.madeBy}. This node ${status.held ? "has" : "does not have"} the key.`;
}

function decision(asked, act) {
  const path = `/v1/link/requests/${asked.requestId}`;
  const reason = element("input", { type: "text", id: `why-${asked.requestId}`, maxLength: 1000 });
  return element("div", {},
    element("button", { type: "button", onclick: () => act(`${path}/approve`, {}, `${asked.member} is given the key.`) },
      `Give the key to ${asked.member}`),
    element("label", { htmlFor: reason.id }, "or say why not"),
    reason,
    element("button", { type: "button", onclick: () => act(`${path}/refuse`, { reason: reason.value }, `${asked.member} gets no key.`) },
      `Refuse ${asked.member}`));
}
