// node show.mjs --modules NODE_MODULES --chromium PROGRAM --ply MODEL --cameras CAMERAS.json --views STEM,STEM... --out FOLDER
// Shows a splat PLY in Spark (three.js) in headless Chromium, from the named cameras of a cameras.json (img_name without its ending) at exactly
// their size, and writes FOLDER/STEM.png.
// Prints {"splats": N, "shDegree": D}. Exit 0: every picture is written.
import {spawn} from "node:child_process";
import {createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import {createServer} from "node:http";
import {tmpdir} from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";

const kDeadlineMs = 240_000;
const here = path.dirname(fileURLToPath(import.meta.url));
const {values: args} = parseArgs({options: {
  modules: {type: "string"}, chromium: {type: "string"}, ply: {type: "string"}, cameras: {type: "string"}, views: {type: "string"},
  out: {type: "string"},
}});
for (const name of ["modules", "chromium", "ply", "cameras", "views", "out"]) {
  if (!args[name]) {
    console.error(`show.mjs: --${name} is missing`);
    process.exit(2);
  }
}
const stems = args.views.split(",");
const cameras = new Map(JSON.parse(readFileSync(args.cameras, "utf8")).map((c) => [path.parse(c.img_name).name, c]));
for (const stem of stems) {
  if (!cameras.has(stem)) {
    console.error(`show.mjs: ${args.cameras} has no camera '${stem}'`);
    process.exit(1);
  }
}
const views = stems.map((stem) => cameras.get(stem));
const modules = path.resolve(args.modules);

// WebGL in software: a test machine has no graphics card, and with one the picture would depend on it.
const kFlags = ["--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-breakpad", "--disable-dev-shm-usage", "--use-gl=angle",
  "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];

const profile = mkdtempSync(path.join(tmpdir(), "tessera-viewer-"));
let browser = null, browserLog = "", ended = false;

/** Ends the browser with all its processes, then this program. */
async function finish(code, line) {
  if (ended) return;
  ended = true;
  (code === 0 ? console.log : console.error)(line);
  const complaints = browserLog.split("\n").filter((l) => l && !l.includes("dbus/"));  // there is no desktop bus in a test
  if (code !== 0 && complaints.length) console.error(complaints.slice(-10).join("\n"));
  if (browser?.pid) {
    const gone = new Promise((resolve) => browser.once("exit", resolve));
    try {
      process.kill(-browser.pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
    if (browser.exitCode === null && browser.signalCode === null) await gone;
  }
  rmSync(profile, {recursive: true, force: true, maxRetries: 10, retryDelay: 100});
  process.exit(code);
}

function send(response, file, type) {
  if (!statSync(file, {throwIfNoEntry: false})?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {"content-type": type, "cache-control": "no-store"});
  createReadStream(file).pipe(response);
}

function answer(request, response, body) {
  const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  if (request.method === "POST") {
    response.end();
    const picture = /^\/picture\/(\d+)$/.exec(name);
    if (picture) writeFileSync(path.join(args.out, `${stems[picture[1]]}.png`), body);
    if (name === "/failed") finish(1, `show.mjs: the page failed: ${body}`);
    if (name === "/done") finish(0, body.toString());
    return;
  }
  if (name === "/") return send(response, path.join(here, "page.html"), "text/html");
  if (name === "/page.mjs") return send(response, path.join(here, "page.mjs"), "text/javascript");
  if (name === "/model.ply") return send(response, args.ply, "application/octet-stream");
  if (name === "/job") return void response.writeHead(200, {"content-type": "application/json"}).end(JSON.stringify({views}));
  const file = path.resolve(modules, name.replace(/^\/modules\//, ""));
  if (name.startsWith("/modules/") && file.startsWith(modules + path.sep)) return send(response, file, "text/javascript");
  response.writeHead(404).end();
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => answer(request, response, Buffer.concat(chunks)));
});
process.on("uncaughtException", (error) => finish(1, `show.mjs: ${error.stack}`));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => finish(1, `show.mjs: ${signal}`));
setTimeout(() => finish(1, `show.mjs: no picture after ${kDeadlineMs / 1000} s`), kDeadlineMs);
server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  browser = spawn(args.chromium, [...kFlags, `--user-data-dir=${profile}`, url],
    {detached: true, stdio: ["ignore", "ignore", "pipe"], env: {...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile}});
  browser.stderr.on("data", (text) => { browserLog += text; });
  browser.on("error", (error) => finish(1, `show.mjs: ${args.chromium} does not start: ${error.message}`));
  browser.on("exit", (code) => finish(1, `show.mjs: the browser ended by itself (exit ${code})`));
});
