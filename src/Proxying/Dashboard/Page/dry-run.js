"use strict";
// What a candidate configuration would change: the text goes to the API, and what that answers is told. Uses what dashboard.js has made.

const mostCandidateBytes = 4 * 1024 * 1024;
const mostMoves = 100;

const changeWords = { None: ["stays", "none"], Added: ["added", "good"], Removed: ["removed", "error"], Changed: ["changed", "info"], Reweighted: ["weight", "info"] };

const counted = (count, one, many) => `${whole.format(count)} ${count === 1 ? one : many}`;

function changePill(change) {
  const [text, tone] = changeWords[change] ?? [change, "none"];
  return pill(text, tone);
}

function part(title, ...content) {
  return element("section", {}, element("h3", {}, title), ...content);
}

function messages(title, list, tone) {
  if (list.length === 0) return null;
  return part(title, element("ul", { class: "problems" }, ...list.map(m => element("li", { "data-tone": tone }, element("b", {}, m.path), element("span", {}, m.message)))));
}

function target(t) {
  if (!t.routeId) return "404, no route";
  const sides = t.split.length ? t.split.map(s => `${s.clusterId} ${percent(s.share)}`).join(", ") : t.clusterId ?? "no cluster";
  return `${t.routeId} → ${sides}`;
}

function table(heads, rows) {
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => element("th", { scope: "col", class: kind }, text)))), element("tbody", {}, ...rows));
}

function requestsPart(report) {
  const moved = report.requests.filter(r => r.moves);
  if (moved.length === 0) return null;
  const rows = moved.slice(0, mostMoves).map(r => element("tr", {},
    element("td", { class: "wide" }, element("code", {}, `${r.method} ${r.url}`), r.origin === "Recent" ? element("small", { class: "quiet" }, " served of late") : ""),
    element("td", { class: "wide", "data-name": "Now" }, target(r.before)),
    element("td", { class: "wide", "data-name": "Then" }, target(r.after))));
  return part(`Requests that move: ${whole.format(moved.length)} of ${whole.format(report.requests.length)}`, table([["Request"], ["Now"], ["Then"]], rows),
    moved.length > mostMoves ? element("p", { class: "quiet" }, `and ${whole.format(moved.length - mostMoves)} more`) : null,
    report.requestsLeftOut > 0 ? element("p", { class: "quiet" }, `${whole.format(report.requestsLeftOut)} requests were not asked for: there were too many.`) : null);
}

const settingsText = settings => settings.map(s => `${s.path} ${changeWords[s.change]?.[0] ?? s.change}`).join(", ");

function routesPart(routes) {
  if (routes.length === 0) return null;
  return part("Routes", element("ul", { class: "changes" }, ...routes.map(r => element("li", {}, changePill(r.change), element("b", {}, r.routeId), element("span", { class: "quiet" }, settingsText(r.settings))))));
}

function destinationRow(d) {
  const address = d.addressBefore === d.addressAfter || !d.addressBefore || !d.addressAfter ? d.addressAfter ?? d.addressBefore : `${d.addressBefore} → ${d.addressAfter}`;
  const weight = d.weightBefore === d.weightAfter ? d.weightAfter : `${d.weightBefore ?? "–"} → ${d.weightAfter ?? "–"}`;
  return element("tr", {},
    element("td", { class: "half" }, changePill(d.change)),
    element("td", { class: "wide who" }, element("b", {}, d.id), element("small", {}, address)),
    element("td", { class: "num", "data-name": "Weight" }, String(weight)),
    element("td", { class: "num", "data-name": "Share now" }, percent(d.shareBefore)),
    element("td", { class: "num", "data-name": "Share then" }, percent(d.shareAfter)));
}

function clusterPart(c) {
  return element("div", { class: "changed" },
    element("p", {}, changePill(c.change), " ", element("b", {}, c.clusterId), " ", element("span", { class: "quiet" }, settingsText(c.settings))),
    c.keysMoved === null ? null : element("p", { class: "moved" }, `${percent(c.keysMoved)} of ${whole.format(c.keys)} keys move to another server.`),
    c.destinations.length === 0 ? null : table([[""], ["Destination"], ["Weight", "num"], ["Share now", "num"], ["Share then", "num"]], c.destinations.map(destinationRow)));
}

function summary(report) {
  if (!report.isValid) return ["It would be refused, and what serves would go on serving.", "error"];
  if (!report.hasChanges) return ["It would serve, and nothing would change.", "good"];
  const parts = [
    [report.routes.length, "route", "routes"], [report.clusters.length, "cluster", "clusters"], [report.settings.length, "setting", "settings"],
  ].filter(([count]) => count > 0).map(([count, one, many]) => counted(count, one, many));
  const moves = report.requests.filter(r => r.moves).length;
  return [`It would serve. ${parts.length === 0 ? "" : `What changes: ${parts.join(", ")}. `}${counted(moves, "request", "requests")} of ${whole.format(report.requests.length)} would go elsewhere.`, "info"];
}

function showReport(report) {
  const [text, tone] = summary(report);
  const host = $("dry-run-report");
  host.replaceChildren(...[
    element("p", { class: "verdict", "data-tone": tone }, text),
    messages("Errors", report.errors, "error"),
    messages("Notices", report.notices, "info"),
    messages("Unsafe", report.findings, "warning"),
    requestsPart(report),
    routesPart(report.routes),
    report.clusters.length === 0 ? null : part("Clusters", ...report.clusters.map(clusterPart)),
    report.settings.length === 0 ? null : part("Other settings", element("ul", { class: "changes" }, ...report.settings.map(s => element("li", {}, changePill(s.change), element("b", {}, s.path))))),
    report.routesNotReached.length === 0 ? null : part("Not known", element("p", {}, `No request was found that these routes take: ${report.routesNotReached.join(", ")}.`)),
  ].filter(p => p));
  host.hidden = false;
  host.focus({ preventScroll: true });
  host.scrollIntoView();
}

function showDryRunError(text) {
  setText($("dry-run-error"), text);
  $("dry-run-error").hidden = text === "";
}

async function takeFile() {
  const [file] = $("dry-run-file").files;
  if (!file) return;
  if (file.size > mostCandidateBytes) {
    showDryRunError(`${file.name} has ${whole.format(file.size)} bytes: up to ${whole.format(mostCandidateBytes)} are taken.`);
    return;
  }
  showDryRunError("");
  $("dry-run-text").value = await file.text();
}

async function dryRun() {
  const button = $("dry-run-go");
  showDryRunError("");
  if ($("dry-run-text").value.trim() === "") {
    showDryRunError("Paste a configuration, or choose a file.");
    $("dry-run-text").focus();
    return;
  }
  button.disabled = true;
  try {
    showReport(await (await post("api/dry-run", $("dry-run-text").value)).json());
  } catch (e) {
    $("dry-run-report").hidden = true;
    showDryRunError(e.message);
  } finally {
    button.disabled = false;
  }
}

$("dry-run-open").addEventListener("click", () => { showDryRunError(""); $("dry-run").showModal(); });
$("dry-run-close").addEventListener("click", () => $("dry-run").close());
$("dry-run-go").addEventListener("click", dryRun);
$("dry-run-file").addEventListener("change", () => takeFile().catch(e => showDryRunError(e.message)));
$("dry-run-text").addEventListener("keydown", e => {
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); dryRun(); }
});
