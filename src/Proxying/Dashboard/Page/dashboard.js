"use strict";
// One state comes whole when the stream begins; then, each second, what has changed. What is shown is changed in place: no more of the document than can be seen.

const $ = id => document.getElementById(id);
const svgNamespace = "http://www.w3.org/2000/svg";
const maxPoints = 60;
const rowsPerPage = 25;
const filteredFrom = 8;
const clustersPerPage = 40;
const mostOpen = 6;
const mostEvents = 200;
const mostProblems = 8;

let state = null;
let events = [];
let shownClusters = clustersPerPage;
let allProblems = false;
const views = new Map(); // clusters by name
const opened = new Map(); // what the user has opened or closed, by name
let sought = []; // words that the clusters and routes shown have in them

// ---- small things

function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.includes("-")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter(c => c !== null && c !== undefined));
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Writing what is there already would make the browser lay out for nothing.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setData(node, name, value) {
  if (node.dataset[name] !== value) node.dataset[name] = value;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const rate = value => value >= 100 ? whole.format(value) : tenth.format(value);
const percent = share => `${share > 0 && share < 0.001 ? "<0.1" : tenth.format(share * 100)} %`;
const milliseconds = value => value === null || value === undefined ? "–" : value >= 10_000 ? `${tenth.format(value / 1000)} s` : value >= 100 ? `${whole.format(value)} ms` : `${tenth.format(value)} ms`;

function bytes(value) {
  if (value === null || value === undefined) return "–";
  let unit = 0;
  while (value >= 1024 && unit < 4) { value /= 1024; unit++; }
  return `${tenth.format(value)} ${["B", "KiB", "MiB", "GiB", "TiB"][unit]}`;
}

function clock(time) {
  const date = new Date(time);
  const day = date.toDateString() === new Date().toDateString() ? "" : `${date.getDate()}/${date.getMonth() + 1} `;
  return day + date.toTimeString().slice(0, 8);
}

function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const words = { healthy: "healthy", unknown: "unknown", unhealthy: "unhealthy", ejected: "ejected", draining: "draining", forced_out: "taken out" };
const tones = { healthy: "good", unknown: "none", unhealthy: "error", ejected: "error", draining: "info", forced_out: "warning" };
const ranks = { unhealthy: 0, ejected: 0, forced_out: 1, draining: 2, unknown: 3, healthy: 3 };
const rankOf = d => d.circuitOpen ? 0 : ranks[d.state] ?? 3;

function pill(text, tone) {
  return element("span", { class: "pill", "data-tone": tone ?? "none" }, text);
}

// ---- charts

function chart(label, kind) {
  const base = drawn("line", { class: "base", x1: 0, x2: 100, y1: 40, y2: 40 });
  const parts = { area: drawn("path", { class: "area" }), stroke: drawn("path", { class: "stroke" }), bad: drawn("path", { class: "bad-area" }) };
  const root = drawn("svg", { class: `chart ${kind ?? ""}`, viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img", "aria-label": label }, base, parts.area, parts.bad, parts.stroke);
  return { root, ...parts };
}

function plot(target, values, errors) {
  const top = Math.max(1e-9, ...values.map(v => v ?? 0));
  const x = i => (100 * (maxPoints - values.length + i) / (maxPoints - 1)).toFixed(2);
  const y = v => (39 - 36 * (v ?? 0) / top).toFixed(2);
  const line = list => list.map((v, i) => `${i ? "L" : "M"}${x(i)} ${y(v)}`).join("");
  if (values.length < 2 || !values.some(v => v > 0)) {
    for (const path of [target.area, target.stroke, target.bad]) setAttribute(path, "d", "");
    return;
  }
  const close = `L100 40L${x(0)} 40Z`;
  setAttribute(target.stroke, "d", line(values));
  setAttribute(target.area, "d", line(values) + close);
  setAttribute(target.bad, "d", errors?.some(v => v > 0) ? line(errors) + close : "");
}

// ---- overview

const tiles = {};

function buildOverview() {
  for (const [key, name] of [["requests", "Requests"], ["errors", "Errors"], ["latency", "Slowest cluster, 99 %"], ["flight", "In flight"], ["destinations", "Destinations in use"], ["hits", "Cache hits"]]) {
    const number = element("span"), unit = element("span", { class: "unit" });
    const value = element("div", { class: "value" }, number, " ", unit);
    const note = element("div", { class: "note" });
    const root = element("div", { class: "tile" }, element("div", { class: "name" }, name), value, note);
    const graph = key === "requests" || key === "errors" ? chart(`${name} of the last minute`, key === "errors" ? "wrong" : "") : null;
    if (graph) { note.hidden = true; root.append(graph.root); }
    tiles[key] = { root, number, unit, note, graph };
    $("overview").append(root);
  }
}

function sums(member) {
  const result = [];
  for (const cluster of state.clusters) {
    const list = cluster.history[member];
    for (let i = 1; i <= list.length; i++) result[maxPoints - i] = (result[maxPoints - i] ?? 0) + (list[list.length - i] ?? 0);
  }
  return result.filter(v => v !== undefined);
}

function showTile(key, number, unit, note, tone) {
  const tile = tiles[key];
  setText(tile.number, number);
  setText(tile.unit, unit);
  setText(tile.note, note ?? "");
  setData(tile.root, "tone", tone ?? "");
}

function showOverview() {
  let requests = 0, failures = 0, flight = 0, usable = 0, all = 0, slowest = null;
  for (const cluster of state.clusters) {
    requests += cluster.traffic.requestsPerSecond;
    failures += cluster.traffic.requestsPerSecond * cluster.traffic.errorShare;
    flight += cluster.inFlight;
    usable += cluster.usable;
    all += cluster.destinations.length;
    if (cluster.traffic.p99 !== null && (slowest === null || cluster.traffic.p99 > slowest.traffic.p99)) slowest = cluster;
  }
  const share = requests > 0 ? failures / requests : 0;
  showTile("requests", rate(requests), "/s");
  showTile("errors", tenth.format(share * 100), "%", "", share >= 0.05 ? "bad" : share >= 0.01 ? "warn" : "");
  showTile("latency", milliseconds(slowest?.traffic.p99).split(" ")[0], milliseconds(slowest?.traffic.p99).split(" ")[1] ?? "", slowest?.id ?? "no traffic yet");
  showTile("flight", whole.format(flight), "", "attempts");
  showTile("destinations", `${whole.format(usable)}`, `of ${whole.format(all)}`, all > usable ? `${whole.format(all - usable)} without traffic` : "all take traffic", all > usable ? "warn" : "");
  const hits = state.cache.hitShare;
  showTile("hits", hits === null ? "–" : tenth.format(hits * 100), hits === null ? "" : "%", state.cache.bytes === null ? "" : `${bytes(state.cache.bytes)} stored`);
  plot(tiles.requests.graph, sums("requestsPerSecond"));
  const wrong = sums("errorsPerSecond");
  plot(tiles.errors.graph, wrong, wrong);
}

// ---- problems

// Leads to the cluster, where it is one.
function subject(text) {
  const id = text.split(" / ")[0];
  if (!state.clusters.some(c => c.id === id)) return element("b", {}, text);
  return element("button", { type: "button", class: "to", onclick: () => {
    if (!views.has(id)) { $("find").value = id; find(); }
    const view = views.get(id);
    if (!view) return;
    opened.set(id, true);
    view.open(true);
    view.show();
    view.root.scrollIntoView();
    view.root.firstElementChild.focus({ preventScroll: true });
  } }, text);
}

function showProblems() {
  const list = $("problems-list");
  const problems = allProblems ? state.problems : state.problems.slice(0, mostProblems);
  const bad = state.problems.filter(p => p.severity !== "info").length;
  setText($("problems-count"), state.problemCount === 0 ? "all is well" : `${whole.format(state.problemCount)} to look at`);
  setData($("problems-count"), "tone", state.problemCount === 0 ? "good" : bad === 0 ? "info" : state.problems[0].severity);
  const rows = problems.map(p => ({ key: p.severity + p.subject + p.text, p }));
  if (rows.length === 0) {
    if (list.dataset.shown !== "fine") list.replaceChildren(element("li", { class: "fine" }, "Every destination takes traffic, the configuration is in force, and nothing expires soon."));
    list.dataset.shown = "fine";
  } else {
    const shown = rows.map(r => r.key).join("\n");
    if (list.dataset.shown !== shown) {
      list.dataset.shown = shown;
      list.replaceChildren(...rows.map(({ p }) => element("li", { "data-tone": p.severity }, pill(p.severity === "info" ? "note" : p.severity, p.severity), subject(p.subject), element("span", {}, p.text))));
    }
  }
  const more = $("problems-more");
  more.hidden = state.problems.length <= mostProblems;
  setText(more, allProblems ? "Show fewer" : `Show ${state.problems.length - mostProblems} more`);
}

// ---- lists of many

// Cuts a list into pages, and says which one is shown.
class Pages {
  constructor(name, show) {
    this.page = 0;
    this.back = element("button", { type: "button", "aria-label": `Previous page of ${name}`, onclick: () => { this.page--; show(); } }, "‹");
    this.forth = element("button", { type: "button", "aria-label": `Next page of ${name}`, onclick: () => { this.page++; show(); } }, "›");
    this.place = element("span", { class: "quiet" });
    this.root = element("div", { class: "pages" }, this.place, this.back, this.forth);
  }

  cut(list) {
    const pages = Math.max(1, Math.ceil(list.length / rowsPerPage));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const shown = list.slice(this.page * rowsPerPage, (this.page + 1) * rowsPerPage);
    // A button that is disabled loses the focus: it goes to its neighbour.
    const [lost, other] = this.page === 0 ? [this.back, this.forth] : [this.forth, this.back];
    const hadFocus = document.activeElement === lost;
    this.back.disabled = this.page === 0;
    this.forth.disabled = this.page === pages - 1;
    if (hadFocus && lost.disabled) other.focus();
    setText(this.place, list.length === 0 ? "0" : `${this.page * rowsPerPage + 1}–${this.page * rowsPerPage + shown.length} of ${whole.format(list.length)}`);
    return shown;
  }
}

// Rows stay, and show something else.
function showRows(rows, body, items, make) {
  while (rows.length > items.length) rows.pop().root.remove();
  while (rows.length < items.length) {
    const row = make();
    rows.push(row);
    body.append(row.root);
  }
  items.forEach((item, i) => rows[i].show(item));
}

const holdsSought = text => sought.every(word => text.toLowerCase().includes(word));
const isSoughtCluster = c => sought.length === 0 || holdsSought(c.id) || c.destinations.some(d => holdsSought(`${c.id} ${d.id} ${d.address}`));
const isSoughtRoute = r => sought.length === 0 || holdsSought(`${r.id} ${r.match} ${r.clusters.join(" ")}`);

function find() {
  sought = $("find").value.toLowerCase().split(/\s+/).filter(word => word);
  shownClusters = clustersPerPage;
  buildClusters();
  routesView.arrange();
  routesView.show();
  showFound();
}

function showFound() {
  const of = (count, all, name) => `${whole.format(count)} of ${whole.format(all)} ${name}`;
  setText($("find-found"), sought.length === 0 ? "" : `${of(state.clusters.filter(isSoughtCluster).length, state.clusters.length, "clusters")}, ${of(routesView.order.length, state.routes.length, "routes")}`);
}

// ---- clusters

class ClusterView {
  constructor(cluster) {
    this.filter = "";
    this.only = "";
    this.rows = [];
    this.order = null;
    this.id = cluster.id;
    this.title = element("h3", {}, cluster.id);
    this.status = pill("");
    this.policy = element("span", { class: "quiet" });
    this.brief = element("span", { class: "brief" });
    this.inside = element("div", { class: "inside" });
    this.root = element("details", { class: "cluster" }, element("summary", {}, this.title, this.status, this.policy, this.brief), this.inside);
    this.root.dataset.cluster = cluster.id;
    this.root.addEventListener("toggle", () => {
      if (this.settled) opened.set(this.id, this.root.open);
      this.settled = true;
      this.show();
    });
  }

  get cluster() { return state.clusters.find(c => c.id === this.id); }

  open(isOpen) {
    if (this.root.open === isOpen) this.settled = true;
    else { this.settled = false; this.root.open = isOpen; }
  }

  build() {
    this.requests = chart(`Requests and errors of ${this.id} in the last minute`);
    this.latency = chart(`Latency of ${this.id} in the last minute, 99 percent`, "late");
    this.requestsText = element("span");
    this.latencyText = element("span");
    this.figures = {};
    const list = element("dl", { class: "figures" });
    for (const [key, name] of [["errors", "Errors"], ["p50", "Median"], ["p90", "90 %"], ["flight", "In flight"], ["retries", "Retries"], ["budget", "Retry budget"]]) {
      this.figures[key] = element("dd", {}, "–");
      list.append(element("div", {}, element("dt", {}, name), this.figures[key]));
    }
    this.search = element("input", { type: "search", size: 18, placeholder: "Name, address, zone", "aria-label": `Filter the destinations of ${this.id}`, oninput: () => { this.filter = this.search.value.toLowerCase(); this.pages.page = 0; this.order = null; this.show(); } });
    this.pick = element("select", { "aria-label": `Destinations of ${this.id} by state`, onchange: () => { this.only = this.pick.value; this.pages.page = 0; this.order = null; this.show(); } },
      ...[["", "every state"], ["trouble", "in trouble"], ...Object.entries(words)].map(([value, text]) => element("option", { value }, text)));
    this.pages = new Pages(this.id, () => this.show());
    this.filterRow = element("div", { class: "filter" }, this.search, this.pick, this.pages.root);
    this.body = element("tbody");
    const heads = [["State", "c-state"], ["Destination", "c-who"], ["Why"], ["Weight, share", "c-weight"], ["In flight", "num c-num"], ["Requests/s", "num c-rate"], ["Errors", "num c-num"], ["Median", "num c-num"], ["99 %", "num c-num"]];
    this.table = element("table", { class: "fixed" }, element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => element("th", { scope: "col", class: kind }, text)), element("th", { scope: "col", class: "c-act", "aria-label": "Steering" }))), this.body);
    this.none = element("p", { class: "empty" }, "No destination fits.");
    this.inside.append(
      element("div", { class: "glance" },
        element("figure", {}, element("figcaption", {}, element("span", {}, "Requests"), this.requestsText), this.requests.root),
        element("figure", {}, element("figcaption", {}, element("span", {}, "Latency, 99 %"), this.latencyText), this.latency.root),
        list),
      this.filterRow, this.table, this.none);
    this.built = true;
  }

  show() {
    const cluster = this.cluster;
    if (!cluster) return;
    const { traffic, destinations, budget } = cluster;
    const trouble = destinations.some(d => rankOf(d) === 0);
    const [text, tone] = destinations.length === 0 ? ["no destinations", "warning"] : cluster.usable === 0 ? ["down", "error"] : cluster.isPanic ? ["panic", "error"]
      : traffic.errorShare >= 0.05 && traffic.requestsPerSecond >= 1 ? ["failing", "error"] : trouble ? ["impaired", "warning"] : cluster.usable < destinations.length ? ["reduced", "info"] : ["in order", "good"];
    setText(this.status, text);
    setData(this.status, "tone", tone);
    setData(this.root, "tone", tone);
    setText(this.policy, cluster.policy);
    setText(this.brief, `${whole.format(cluster.usable)} of ${whole.format(destinations.length)} in use · ${rate(traffic.requestsPerSecond)}/s · ${percent(traffic.errorShare)} errors · 99 % in ${milliseconds(traffic.p99)}`);
    if (!this.root.open) return;
    if (!this.built) this.build();
    plot(this.requests, cluster.history.requestsPerSecond, cluster.history.errorsPerSecond);
    plot(this.latency, cluster.history.p99);
    setText(this.requestsText, `${rate(traffic.requestsPerSecond)}/s`);
    setText(this.latencyText, milliseconds(traffic.p99));
    setText(this.figures.errors, percent(traffic.errorShare));
    this.figures.errors.className = traffic.errorShare >= 0.05 ? "hot" : "";
    setText(this.figures.p50, milliseconds(traffic.p50));
    setText(this.figures.p90, milliseconds(traffic.p90));
    setText(this.figures.flight, whole.format(cluster.inFlight));
    setText(this.figures.retries, `${rate(cluster.retriesPerSecond)}/s`);
    setText(this.figures.budget, `${whole.format(budget.taken)} of ${whole.format(budget.allowed)}${budget.refused > 0 ? `, ${whole.format(budget.refused)} refused` : ""}`);
    this.figures.budget.className = budget.taken > 0 && budget.taken >= budget.allowed ? "hot" : "";
    this.showDestinations(destinations);
  }

  // Trouble first, else as configured. The order only changes when a state does: rows do not jump about.
  arrange(destinations) {
    if (this.order) return;
    const fits = d => (!this.only || (this.only === "trouble" ? rankOf(d) < 3 : d.state === this.only))
      && (!this.filter || `${d.id} ${d.address} ${d.zone ?? ""}`.toLowerCase().includes(this.filter));
    this.order = destinations.map((d, i) => i).filter(i => fits(destinations[i])).sort((a, b) => rankOf(destinations[a]) - rankOf(destinations[b]) || a - b);
  }

  showDestinations(destinations) {
    this.arrange(destinations);
    const shown = this.pages.cut(this.order);
    this.filterRow.hidden = destinations.length <= filteredFrom;
    this.none.hidden = shown.length > 0;
    setText(this.none, destinations.length === 0 ? "The cluster has no destinations." : "No destination fits.");
    this.table.hidden = shown.length === 0;
    showRows(this.rows, this.body, shown.map(index => destinations[index]), () => new DestinationRow(this.id));
  }
}

class DestinationRow {
  constructor(cluster) {
    this.state = pill("");
    this.circuit = pill("circuit open", "warning");
    this.name = element("b");
    this.address = element("small");
    this.why = element("span", { class: "why" });
    this.weight = element("span");
    this.part = drawn("rect", { class: "part", height: 6, width: 0, rx: 2 });
    this.cells = ["In flight", "Requests/s", "Errors", "Median", "99 %"].map(name => element("td", { class: "num", "data-name": name }));
    this.steer = element("button", { type: "button", onclick: () => steering.open(cluster, this.id) }, "Steer…");
    this.root = element("tr", {},
      element("td", { class: "half" }, this.state, " ", this.circuit),
      element("td", { class: "wide who" }, this.name, this.address),
      this.reason = element("td", { class: "wide" }, this.why),
      element("td", { class: "half", "data-name": "Weight, share" }, this.weight, drawn("svg", { class: "share", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, drawn("rect", { width: 100, height: 6, rx: 2 }), this.part)),
      ...this.cells,
      element("td", { class: "num" }, this.steer));
  }

  show(d) {
    this.id = d.id;
    setData(this.root, "destination", d.id);
    setText(this.state, words[d.state] ?? d.state);
    setData(this.state, "tone", tones[d.state] ?? "none");
    this.circuit.hidden = !d.circuitOpen;
    setText(this.name, d.id);
    setText(this.address, d.address.replace(/\/$/, "") + (d.zone ? ` · ${d.zone}` : "") + (d.priority > 0 ? ` · tier ${d.priority}` : ""));
    const since = d.since ? span((Date.parse(state.time) - Date.parse(d.since)) / 1000) : "";
    setText(this.why, d.reason ? `${d.reason}, for ${since}` : "");
    this.reason.classList.toggle("none", !d.reason);
    setText(this.weight, `${whole.format(d.weight)}${d.weight === d.configuredWeight ? "" : ` (configured ${whole.format(d.configuredWeight)})`} · ${percent(d.share)}`);
    setAttribute(this.part, "width", (d.share * 100).toFixed(1));
    const { requestsPerSecond, errorShare, p50, p99 } = d.traffic;
    [whole.format(d.inFlight), rate(requestsPerSecond), percent(errorShare), milliseconds(p50), milliseconds(p99)].forEach((text, i) => setText(this.cells[i], text));
    this.cells[2].classList.toggle("hot", errorShare >= 0.05);
    setAttribute(this.steer, "aria-label", `Steer ${d.id}`);
  }
}

const isTroubled = cluster => cluster.usable === 0 || cluster.isPanic || cluster.destinations.some(d => rankOf(d) === 0);

function buildClusters() {
  const host = $("clusters-list");
  // Trouble first, as it is when the page learns of the clusters: they do not jump about later.
  const fitting = state.clusters.filter(isSoughtCluster);
  const shown = [...fitting].sort((a, b) => isTroubled(b) - isTroubled(a)).slice(0, shownClusters);
  const known = new Set(shown.map(c => c.id));
  for (const [id, view] of views) {
    if (!known.has(id)) { view.root.remove(); views.delete(id); }
  }
  let room = mostOpen;
  const open = new Set(shown.filter(c => opened.get(c.id) ?? room-- > 0).map(c => c.id));
  shown.forEach((cluster, i) => {
    let view = views.get(cluster.id);
    const isNew = !view;
    if (isNew) views.set(cluster.id, view = new ClusterView(cluster));
    view.order = null;
    if (host.children[i] !== view.root) host.insertBefore(view.root, host.children[i] ?? null);
    if (isNew) view.open(open.has(cluster.id));
    view.show();
  });
  $("clusters-more").hidden = fitting.length <= shownClusters;
  setText($("clusters-count"), state.clusters.length === 0 ? "none" : fitting.length === 0 ? "none fits the filter" : "");
}

// ---- routes, TCP ports, cache, certificates

const cacheMembers = ["hit", "stale", "revalidated", "collapsed", "miss", "pass", "unavailable", "servedBytes"];
const cacheWords = { hit: "hits", stale: "stale", revalidated: "validated", collapsed: "shared", miss: "missed", pass: "passed", unavailable: "unavailable" };

class RouteRow {
  constructor() {
    this.name = element("b");
    this.match = element("code");
    this.to = element("td", { class: "wide" });
    this.share = element("b");
    this.results = element("small");
    this.cache = element("td", { class: "wide who", "data-name": "Cache" });
    this.cells = ["Requests/s", "Errors", "Median", "99 %"].map(name => element("td", { class: "num", "data-name": name }));
    this.root = element("tr", {}, element("td", { class: "wide who" }, this.name, element("small", {}, this.match)), this.to, this.cache, ...this.cells);
  }

  show(r) {
    setData(this.root, "route", r.id);
    setText(this.name, r.id);
    setText(this.match, r.match);
    setText(this.to, r.clusters.filter(c => c).join(", ") || "none");
    this.showCache(r.cache);
    const { requestsPerSecond, errorShare, p50, p99 } = r.traffic;
    [rate(requestsPerSecond), percent(errorShare), milliseconds(p50), milliseconds(p99)].forEach((text, i) => setText(this.cells[i], text));
    this.cells[1].classList.toggle("hot", errorShare >= 0.05);
  }

  showCache(cache) {
    this.cache.hidden = !routesView.cached;
    if (!cache) {
      if (this.cache.firstChild) this.cache.replaceChildren();
      return;
    }
    if (!this.cache.firstChild) this.cache.append(this.share, this.results);
    const served = cache.hit + cache.stale + cache.revalidated + cache.collapsed;
    const all = served + cache.miss + cache.pass + cache.unavailable;
    setText(this.share, all === 0 ? "–" : `${percent(served / all)} served`);
    setText(this.results, all === 0 ? "nothing asked yet" : Object.entries(cacheWords).filter(([member]) => cache[member] > 0).map(([member, word]) => `${whole.format(cache[member])} ${word}`).concat(served > 0 ? bytes(cache.servedBytes) : []).join(" · "));
  }
}

const routesView = {
  rows: [],
  order: [],
  cached: false,

  build() {
    this.pages = new Pages("the routes", () => this.show());
    this.pagesRow = element("div", { class: "filter" }, this.pages.root);
    this.body = element("tbody");
    this.cacheHead = element("th", { scope: "col" }, "Cache");
    const heads = [["Route"], ["To", "c-to"], [null], ["Requests/s", "num c-rate"], ["Errors", "num c-num"], ["Median", "num c-num"], ["99 %", "num c-num"]];
    this.table = element("table", { class: "fixed" }, element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => text ? element("th", { scope: "col", class: kind }, text) : this.cacheHead))), this.body);
    this.none = element("p", { class: "empty" });
    $("routes-body").append(this.pagesRow, this.table, this.none);
  },

  // The order is that of the configuration.
  arrange() {
    if (!this.table) this.build();
    this.order = state.routes.map((r, i) => i).filter(i => isSoughtRoute(state.routes[i]));
    this.pages.page = 0;
    this.cached = state.routes.some(r => r.cache);
    this.cacheHead.hidden = !this.cached;
  },

  show() {
    const shown = this.pages.cut(this.order);
    this.pagesRow.hidden = this.order.length <= rowsPerPage;
    this.table.hidden = shown.length === 0;
    this.none.hidden = shown.length > 0;
    setText(this.none, state.routes.length === 0 ? "No routes are configured." : "No route fits the filter.");
    showRows(this.rows, this.body, shown.map(index => state.routes[index]), () => new RouteRow());
  },
};

let tcpRows = [];

function buildTcp() {
  const names = ["Open", "Taken", "Refused", "Failed", "In", "Out"];
  const body = element("tbody");
  tcpRows = state.tcp.map(port => {
    const cells = names.map(name => element("td", { class: "num", "data-name": name }));
    body.append(element("tr", {}, element("td", { class: "wide who" }, element("b", {}, port.name), element("small", {}, element("code", {}, port.address))), ...cells));
    return cells;
  });
  $("tcp").hidden = state.tcp.length === 0;
  $("tcp-body").replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Port"), ...names.map(name => element("th", { scope: "col", class: "num" }, name)))), body));
}

function showTcp() {
  tcpRows.forEach((cells, i) => {
    const { open, accepted, refused, failed, received, sent } = state.tcp[i];
    [whole.format(open), whole.format(accepted), whole.format(refused), whole.format(failed), bytes(received), bytes(sent)].forEach((text, c) => setText(cells[c], text));
  });
}

const cacheView = {};

function showCache() {
  if (!cacheView.figures) {
    cacheView.figures = {};
    for (const [key, name] of [["hits", "Hits, last 10 s"], ["bytes", "In use"], ["entries", "Responses"], ["evictions", "Evicted"]]) {
      cacheView.figures[key] = element("dd");
      $("cache-figures").append(element("div", {}, element("dt", {}, name), cacheView.figures[key]));
    }
    cacheView.bars = new Map();
    cacheView.none = element("p", { class: "empty" }, "No request has passed the cache since counting began.");
    $("cache-results").append(cacheView.none);
  }
  const { hitShare, bytes: size, entries, evictions, results } = state.cache;
  setText(cacheView.figures.hits, hitShare === null ? "–" : percent(hitShare));
  setText(cacheView.figures.bytes, bytes(size));
  setText(cacheView.figures.entries, entries === null ? "–" : whole.format(entries));
  setText(cacheView.figures.evictions, evictions === null ? "–" : whole.format(evictions));
  const total = Object.values(results).reduce((a, b) => a + b, 0);
  for (const [name, count] of Object.entries(results)) {
    let bar = cacheView.bars.get(name);
    if (!bar) {
      bar = { part: drawn("rect", { class: "part", height: 6, rx: 2 }), count: element("span", { class: "num" }) };
      bar.root = element("div", { class: "bar" }, element("span", {}, name), drawn("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, drawn("rect", { width: 100, height: 6, rx: 2 }), bar.part), bar.count);
      cacheView.bars.set(name, bar);
      $("cache-results").append(bar.root);
    }
    setAttribute(bar.part, "width", (total ? 100 * count / total : 0).toFixed(1));
    setText(bar.count, whole.format(count));
  }
  for (const [name, bar] of cacheView.bars) bar.root.hidden = !(name in results);
  cacheView.none.hidden = total > 0;
}

function showCertificates() {
  const list = $("certificates-list");
  if (state.certificates.length === 0) {
    list.replaceChildren(element("li", { class: "empty" }, "No certificates are served from this configuration."));
    return;
  }
  list.replaceChildren(...state.certificates.slice(0, 100).map(c => {
    const [text, tone] = c.daysLeft < 0 ? ["expired", "error"] : [`${whole.format(Math.floor(c.daysLeft))} days left`, c.daysLeft < 14 ? "warning" : "good"];
    return element("li", {}, element("b", {}, c.name), element("small", {}, `${c.hosts.join(", ") || c.subject} · until ${c.notAfter.slice(0, 10)}`), pill(text, tone));
  }));
}

// ---- timeline

function eventRow(e) {
  const row = element("li", {}, element("time", { dateTime: e.time, title: e.time }, clock(e.time)), element("span", { class: "pill", "data-tone": e.severity }, e.kind), element("b", {}, e.subject), element("span", {}, e.text));
  row.hidden = isFiltered(e);
  return row;
}

const isFiltered = e => $("timeline-kind").value !== "" && $("timeline-kind").value !== e.kind;

function showEvents() {
  const list = $("timeline-list");
  const rows = events.slice(-mostEvents).reverse().map(eventRow);
  list.replaceChildren(...rows.length ? rows : [element("li", { class: "empty" }, "Nothing has happened yet.")]);
}

function addEvents(more) {
  if (more.length === 0) return;
  const fresh = more.filter(e => events.length === 0 || e.sequence > events[events.length - 1].sequence);
  if (events.length === 0) $("timeline-list").replaceChildren();
  events = [...events, ...fresh].slice(-mostEvents);
  for (const e of fresh) $("timeline-list").prepend(eventRow(e));
  while ($("timeline-list").children.length > mostEvents) $("timeline-list").lastElementChild.remove();
}

async function loadEvents() {
  const response = await fetch("api/events?limit=" + mostEvents);
  if (!response.ok) return;
  events = (await response.json()).events;
  showEvents();
}

// ---- requests

const exclusions = { unhealthy: "unhealthy", ejected: "ejected" };

function requestDetails(r) {
  const lines = r.attempts.map(a => element("div", {}, `Attempt ${a.number} → `, element("b", {}, a.destinationId), `: ${a.failure ?? (a.status || "no answer")}${a.duration ? `, ${duration(a.duration)}` : ""}`));
  const left = r.candidates.filter(c => c.exclusion).map(c => `${c.destinationId} (${exclusions[c.exclusion] ?? c.exclusion})`);
  const right = r.candidates.filter(c => !c.exclusion).map(c => `${c.destinationId} ${percent(c.share)}`);
  if (right.length) lines.push(element("div", {}, `Could be picked${r.loadBalancingPolicy ? ` by ${r.loadBalancingPolicy}` : ""}: ${right.join(", ")}`));
  if (left.length) lines.push(element("div", {}, `Could not: ${left.join(", ")}`));
  if (r.affinity) lines.push(element("div", {}, `The client was kept on ${r.affinity}`));
  if (r.subset) lines.push(element("div", {}, `Subset ${r.subset}`));
  if (r.cache) lines.push(element("div", {}, `Cache: ${r.cache}`));
  lines.push(element("div", { class: "quiet" }, `${r.protocol} from ${r.client ?? "nowhere"}, ${bytes(r.receivedBytes)} in, ${bytes(r.sentBytes)} out${r.traceId ? `, trace ${r.traceId}` : ""}`));
  return element("div", { class: "attempts" }, ...lines);
}

// A TimeSpan, as it is written in JSON: [d.]hh:mm:ss[.fffffff]
function duration(text) {
  const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(text) ?? [];
  return milliseconds(seconds === undefined ? null : (((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}

async function loadRequests() {
  const query = new URLSearchParams({ kind: $("requests-kind").value, limit: 50 });
  if ($("requests-text").value) query.set("text", $("requests-text").value);
  const response = await fetch("api/requests?" + query);
  const body = $("requests-body");
  if (!response.ok) return;
  const { enabled, requests } = await response.json();
  if (requests.length === 0) {
    body.replaceChildren(element("p", { class: "empty" }, enabled ? "No request fits." : "Requests are not written down. Net2Proxy:Explain:Enabled switches that on."));
    return;
  }
  const rows = element("tbody");
  for (const r of requests) {
    const tone = r.failure || r.status >= 500 ? "error" : r.status >= 400 ? "warning" : "good";
    const details = element("tr", { hidden: true }, element("td", { colSpan: 7, class: "wide" }));
    const more = element("button", { type: "button", "aria-expanded": "false", "aria-label": `Why ${r.method} ${r.target} went where it went`, onclick: () => {
      details.hidden = !details.hidden;
      more.setAttribute("aria-expanded", String(!details.hidden));
      if (!details.firstChild.firstChild) details.firstChild.append(requestDetails(r));
    } }, "Why");
    rows.append(element("tr", {},
      element("td", {}, element("time", { class: "quiet", dateTime: r.time }, clock(r.time))),
      element("td", {}, element("span", { class: "pill", "data-tone": tone }, r.status === 0 ? "none" : String(r.status))),
      element("td", { class: "wide" }, element("code", {}, `${r.method} ${r.host}${r.target}`), r.failure ? element("small", { class: "hot" }, ` ${r.failure}`) : ""),
      element("td", { class: "half", "data-name": "Route" }, r.routeId),
      element("td", { class: "half", "data-name": "Destination" }, `${r.destinationId ?? (r.cache?.startsWith("hit") ? "cache" : "none")}${r.attemptCount > 1 ? `, ${r.attemptCount} attempts` : ""}`),
      element("td", { class: "num", "data-name": "Time" }, duration(r.duration)),
      element("td", { class: "num" }, more)), details);
  }
  const heads = [["Time"], ["Status"], ["Request"], ["Route"], ["Destination"], ["Duration", "num"]];
  body.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => element("th", { scope: "col", class: kind }, text)), element("th", { scope: "col", "aria-label": "Details" }))), rows));
}

// ---- steering

const act = (path, asked) => post(path, JSON.stringify(asked));

async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Net2-Dashboard": "1" }, body });
  if (response.ok) return response;
  let detail = `The proxy answered ${response.status}.`;
  try {
    detail = (await response.json()).detail ?? detail;
  } catch { /* what it said was not problem details */ }
  throw new Error(detail);
}

let toastTimer = 0;

function toast(text) {
  setText($("toast"), text);
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 5000);
}

const steering = {
  open(cluster, destination) {
    this.cluster = cluster;
    this.destination = destination;
    const d = this.find();
    if (!d) return;
    setText($("steer-title"), `Steer ${destination} of ${cluster}`);
    setText($("steer-now"), `Now ${words[d.state] ?? d.state}, ${percent(d.share)} of the traffic, ${whole.format(d.inFlight)} in flight`);
    for (const radio of document.getElementsByName("steer")) radio.checked = false;
    $("steer-weight").value = d.weight;
    $("steer-reason").value = "";
    $("steer-error").hidden = true;
    this.choose();
    $("steer").showModal();
    document.getElementsByName("steer")[0].focus();
  },

  find() { return state.clusters.find(c => c.id === this.cluster)?.destinations.find(d => d.id === this.destination); },

  get choice() { return [...document.getElementsByName("steer")].find(r => r.checked)?.value; },

  choose() {
    const { choice } = this;
    $("steer-weight-row").hidden = choice !== "weight";
    const confirm = $("steer-confirm");
    const names = { draining: "Drain", unhealthy: "Take out", healthy: "Force in", none: "Let measure", weight: "Set the weight of" };
    confirm.disabled = !choice;
    confirm.classList.toggle("danger", choice === "unhealthy");
    setText(confirm, choice ? `${names[choice]} ${this.destination}` : "Choose an action");
    const others = (state.clusters.find(c => c.id === this.cluster)?.destinations ?? []).filter(d => d.id !== this.destination && d.share > 0).length;
    const leaves = choice === "draining" || choice === "unhealthy" || (choice === "weight" && $("steer-weight").value === "0");
    setText($("steer-effect"), !leaves ? "" : others === 0 ? "Nobody else takes traffic in this cluster: its requests would fail." : `${whole.format(others)} ${others === 1 ? "other takes" : "others take"} its traffic.`);
  },

  async confirm() {
    const { choice, cluster, destination } = this;
    const reason = $("steer-reason").value.trim() || null;
    const button = $("steer-confirm");
    button.disabled = true;
    try {
      if (choice === "weight") {
        const weight = $("steer-weight").value === "" ? null : Number($("steer-weight").value);
        await act("api/actions/weight", { cluster, destination, weight, reason });
      } else await act("api/actions/override", { cluster, destination, state: choice, reason });
      $("steer").close();
      toast(`Done: ${button.textContent.charAt(0).toLowerCase()}${button.textContent.slice(1)}.`);
    } catch (e) {
      setText($("steer-error"), e.message);
      $("steer-error").hidden = false;
    } finally {
      button.disabled = false;
    }
  },
};

async function purge() {
  const choice = [...document.getElementsByName("purge")].find(r => r.checked).value;
  const value = $("purge-value").value.trim();
  const asked = choice === "everything" ? { everything: true } : { [choice]: [value] };
  const button = $("purge-confirm");
  button.disabled = true;
  try {
    if (choice !== "everything" && !value) throw new Error("Say which.");
    const response = await act("api/actions/purge", { ...asked, soft: $("purge-soft").checked });
    const { purged } = await response.json();
    $("purging").close();
    toast(`Purged: ${whole.format(purged)} responses.`);
  } catch (e) {
    setText($("purge-error"), e.message);
    $("purge-error").hidden = false;
  } finally {
    button.disabled = false;
  }
}

// ---- the stream

function showAbout() {
  const uptime = span((Date.parse(state.time) - Date.parse(state.started)) / 1000);
  setText($("about"), `${state.host} · ${state.version} · up ${uptime}`);
}

function takeState(next) {
  state = next;
  document.title = `${state.host}: proxy dashboard`;
  buildClusters();
  routesView.arrange();
  showFound();
  buildTcp();
  showCertificates();
  showAll();
}

function takeChange(change) {
  state.sequence = change.sequence;
  state.time = change.time;
  state.problems = change.problems;
  state.problemCount = change.problemCount;
  state.tcp = change.tcp;
  state.cache = change.cache;
  const traffic = n => ({ requestsPerSecond: n[0], errorShare: n[1], p50: n[2], p90: n[3], p99: n[4] });
  for (const [place, ...numbers] of change.routes) {
    const route = state.routes[place];
    route.traffic = traffic(numbers);
    if (route.cache) cacheMembers.forEach((member, i) => { route.cache[member] = numbers[5 + i]; });
  }
  change.clusters.forEach((c, i) => {
    const cluster = state.clusters[i];
    Object.assign(cluster, { isPanic: c.isPanic, usable: c.usable, inFlight: c.inFlight, retriesPerSecond: c.retriesPerSecond, budget: c.budget, traffic: traffic(c.traffic) });
    ["requestsPerSecond", "errorsPerSecond", "p99"].forEach((member, p) => {
      cluster.history[member].push(c.point[p] ?? null);
      if (cluster.history[member].length > maxPoints) cluster.history[member].shift();
    });
    for (const [place, inFlight, ...numbers] of c.numbers) Object.assign(cluster.destinations[place], { inFlight, traffic: traffic(numbers) });
    if (c.destinations.length === 0) return;
    const places = new Map(cluster.destinations.map((d, place) => [d.id, place]));
    let rearrange = false;
    for (const d of c.destinations) {
      const place = places.get(d.id);
      if (cluster.destinations[place].state !== d.state || cluster.destinations[place].circuitOpen !== d.circuitOpen) rearrange = true;
      cluster.destinations[place] = d;
    }
    const view = views.get(cluster.id);
    if (rearrange && view) view.order = null;
  });
  addEvents(change.events);
  showAll();
}

function showAll() {
  showAbout();
  showOverview();
  showProblems();
  for (const view of views.values()) view.show();
  routesView.show();
  showTcp();
  showCache();
}

let lostAt = null;

function setLive(isLive) {
  setData($("live"), "state", isLive ? "on" : "off");
  if (isLive) lostAt = null;
  else lostAt ??= state?.time ?? null;
  setText($("live-text"), isLive ? "live" : lostAt ? `connection lost, as of ${clock(lostAt)}` : "connecting");
}

function connect() {
  const source = new EventSource("api/stream");
  source.addEventListener("state", e => { setLive(true); takeState(JSON.parse(e.data)); loadEvents().catch(() => {}); });
  source.addEventListener("change", e => { setLive(true); takeChange(JSON.parse(e.data)); });
  source.addEventListener("error", () => {
    setLive(false);
    // The browser comes again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  });
}

function start() {
  buildOverview();
  $("problems-more").addEventListener("click", () => { allProblems = !allProblems; showProblems(); });
  $("find").addEventListener("input", find);
  $("find").addEventListener("keydown", e => {
    if (e.key !== "Escape" || $("find").value === "") return;
    e.preventDefault();
    $("find").value = "";
    find();
  });
  document.addEventListener("keydown", e => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea, dialog")) return;
    e.preventDefault();
    $("find").focus();
  });
  $("clusters-more").addEventListener("click", () => { shownClusters += clustersPerPage; buildClusters(); });
  $("timeline-kind").addEventListener("change", showEvents);
  $("requests-kind").addEventListener("change", () => loadRequests());
  $("requests-text").addEventListener("change", () => loadRequests());
  $("requests-load").addEventListener("click", () => loadRequests());
  for (const radio of document.getElementsByName("steer")) radio.addEventListener("change", () => steering.choose());
  $("steer-weight").addEventListener("input", () => steering.choose());
  $("steer-weight-reset").addEventListener("click", () => { $("steer-weight").value = ""; steering.choose(); });
  $("steer-cancel").addEventListener("click", () => $("steer").close());
  $("steer-confirm").addEventListener("click", () => steering.confirm());
  $("purge").addEventListener("click", () => { $("purge-error").hidden = true; $("purging").showModal(); });
  for (const radio of document.getElementsByName("purge")) radio.addEventListener("change", () => { $("purge-value-row").hidden = radio.value === "everything" && radio.checked; });
  $("purge-cancel").addEventListener("click", () => $("purging").close());
  $("purge-confirm").addEventListener("click", () => purge());
  connect();
  loadRequests().catch(() => {});
}

start();
