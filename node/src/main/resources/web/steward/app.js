import * as api from "/steward/api.js";
import { element, say, table } from "/steward/dom.js";
import * as disclosure from "/steward/disclosure.js";
import * as link from "/steward/link.js";
import { kind, show, title } from "/steward/release.js";

const PAGE = 100;
const at = (id) => document.getElementById(id);
let current = null;
let shownKind = "release";
let after = 0;

async function begin() {
  const code = location.hash.slice(1);
  if (/^[\w-]{43}$/.test(code)) {
    // The code is used up; it does not stay in the address or the history.
    history.replaceState(null, "", location.pathname);
    if (!await guarded(() => api.open(code))) {
      return;
    }
  }
  if (api.person() === null) {
    loggedOut("Nobody is logged in here. Run: weft-node steward --token-file YOUR-TOKEN, and open the address that it prints.");
    return;
  }
  at("desk").hidden = false;
  at("leave").hidden = false;
  at("person").textContent = `Decisions are recorded in the name of ${api.person()}.`;
  await list();
}

function loggedOut(sentence) {
  api.forget();
  at("desk").hidden = true;
  at("leave").hidden = true;
  at("person").textContent = "";
  at("main").replaceChildren();
  say(sentence, true);
}

/** Does it, and says what went wrong where it did not work; true where it did. */
async function guarded(work) {
  try {
    await work();
    return true;
  } catch (problem) {
    if (!(problem instanceof api.Refused)) {
      throw problem;
    }
    if (problem.status === 401) {
      loggedOut(problem.message);
    } else {
      say(problem.message, true);
    }
    return false;
  }
}

async function list(more = false) {
  const state = at("state").value;
  await guarded(async () => {
    if (state === "ahead") {
      await patterns();
      return;
    }
    if (state === "link") {
      await linking();
      return;
    }
    after = more ? after : 0;
    if (state === "disclosures") {
      await disclosures(more);
      return;
    }
    const answer = await api.call("GET", `/v1/release?state=${state}&after=${after}&limit=${PAGE}`);
    const items = answer.releases.map((release) => element("li", {}, element("button", {
      type: "button",
      "data-release": release.releaseId,
      "aria-current": String(release.releaseId === current),
      onclick: () => look(release.releaseId),
    }, title(release), element("br"), element("small", {}, `record ${release.record}, ${release.askedAt}`))));
    if (more) {
      at("list").append(...items);
    } else {
      at("list").replaceChildren(...items);
    }
    after = answer.next ?? after;
    at("more").hidden = answer.next === null;
    const count = at("list").children.length;
    say(count === 0 ? "Nothing here." : `${count} ${count === 1 ? "statement" : "statements"}${answer.next === null ? "" : ", and more"}.`);
  });
}

/** Those that wait first: they are what the person came for. */
async function disclosures(more) {
  const answer = await api.call("GET", `/v1/disclosures?after=${after}&limit=${PAGE}`);
  const waiting = (asked) => asked.state === "waiting" ? 0 : 1;
  const sorted = answer.disclosures.sort((a, b) => waiting(a) - waiting(b) || b.disclosureId - a.disclosureId);
  const items = sorted.map((asked) => element("li", {}, element("button", {
    type: "button",
    "data-disclosure": asked.disclosureId,
    "aria-current": String(shownKind === "disclosure" && asked.disclosureId === current),
    onclick: () => lookAtDisclosure(asked.disclosureId),
  }, disclosure.title(asked), element("br"), element("small", {}, `${asked.state}, ${asked.askedAt}`))));
  if (more) {
    at("list").append(...items);
  } else {
    at("list").replaceChildren(...items);
  }
  after = answer.next ?? after;
  at("more").hidden = answer.next === null;
  const open = sorted.filter((asked) => asked.state === "waiting").length;
  say(`${at("list").children.length} requests${answer.next === null ? "" : ", and more"}; ${open} of these wait for you.`);
}

async function lookAtDisclosure(id) {
  current = id;
  shownKind = "disclosure";
  await guarded(async () => {
    const asked = await api.call("GET", `/v1/disclosures/${id}`);
    at("main").replaceChildren(...disclosure.show(asked, (verb, body) => decideDisclosure(id, verb, body)).filter((part) => part !== null));
    at("shown").focus();
  });
  mark();
}

async function decideDisclosure(id, verb, body) {
  if (await guarded(() => api.call("POST", `/v1/disclosures/${id}/${verb}`, body))) {
    await list();
    await lookAtDisclosure(id);
    say(verb === "approve" ? `Request ${id} was granted: the values leave sealed, for its reader alone.` : `Request ${id} was refused.`);
  }
}

async function look(id) {
  current = id;
  shownKind = "release";
  await guarded(async () => {
    const release = await api.call("GET", `/v1/release/${id}`);
    at("main").replaceChildren(...show(release, (verb, body) => decide(id, verb, body)).filter((part) => part !== null));
    at("shown").focus();
  });
  mark();
}

function mark() {
  for (const button of at("list").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Number(button.dataset[shownKind]) === current));
  }
}

async function decide(id, verb, body) {
  const done = await guarded(() => api.call("POST", `/v1/release/${id}/${verb}`, body));
  if (done) {
    await list();
    await look(id);
    say(verb === "approve" ? `Statement ${id} was let out.` : `Statement ${id} stays here.`);
  }
}

async function patterns() {
  const answer = await api.call("GET", "/v1/patterns");
  at("list").replaceChildren();
  at("more").hidden = true;
  at("main").replaceChildren(
    element("h2", { tabIndex: -1, id: "shown" }, "Approved ahead"),
    table("Statements that go out without waiting", ["Pattern", "What", "On datasets", "By", "State"],
      answer.patterns.map((pattern) => [
        String(pattern.patternId),
        kind(pattern.predicateType),
        pattern.data.join(", "),
        `${pattern.by}, ${pattern.at}`,
        pattern.endedBy === undefined
          ? element("button", { type: "button", onclick: () => end(pattern.patternId) }, `End pattern ${pattern.patternId}`)
          : `ended by ${pattern.endedBy}`,
      ])));
  at("shown").focus();
  say(`${answer.patterns.length} approved ahead.`);
}

async function linking() {
  const status = await api.call("GET", "/v1/link");
  const answer = await api.call("GET", "/v1/link/requests");
  at("list").replaceChildren();
  at("more").hidden = true;
  at("main").replaceChildren(...link.show(status, answer.requests, act).filter((part) => part !== null));
  at("shown").focus();
  say(status.waiting === 0 ? "Nobody waits for the linking key." : `${status.waiting} members wait for the linking key.`);
}

async function act(path, body, done) {
  if (await guarded(() => api.call("POST", path, body))) {
    await guarded(linking);
    say(done);
  }
}

async function end(id) {
  if (await guarded(() => api.call("POST", `/v1/patterns/${id}/end`, {}))) {
    await guarded(patterns);
    say(`Pattern ${id} is ended: what is like it waits again.`);
  }
}

at("state").addEventListener("change", () => list());
at("refresh").addEventListener("click", () => list());
at("more").addEventListener("click", () => list(true));
at("leave").addEventListener("click", async () => {
  await guarded(() => api.leave());
  loggedOut("You are logged out.");
});
// An address that was pasted into this very tab changes its # alone.
addEventListener("hashchange", () => begin());
begin();
