/**
 * Drives Chromium for the tests in Python: one JSON request a line on standard input, one JSON answer a line on standard
 * output. Requests: {op, page?, ...}; answers: {value} or {failure}.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../studio/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const POLL_MS = 100;

let browser;
const pages = new Map(); // name -> {page, requests, problems}

const operations = {
  async launch({ executable, args }) {
    browser = await chromium.launch({ executablePath: executable, headless: true, args });
    return browser.version();
  },

  async open({ page: name, url, options, permissions, fatalBytes, closeCode }) {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    if (permissions.length) await context.grantPermissions(permissions, { origin: new URL(url).origin });
    const page = await context.newPage();
    const entry = { page, requests: [], problems: [] };
    pages.set(name, entry);
    page.on("request", (request) => entry.requests.push(request.url()));
    page.on("websocket", (socket) => entry.requests.push(socket.url()));
    page.on("pageerror", (error) => entry.problems.push(String(error.stack ?? error)));
    page.on("console", (message) => message.type() === "error" && entry.problems.push(message.text()));
    if (fatalBytes) await answerStreamWith(page, Buffer.from(fatalBytes, "hex"), closeCode);
    await page.goto(url);
  },

  async wait({ page, condition, timeoutMs }) {
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const value = await pages.get(page).page.evaluate(condition);
      if (value) return value;
      if (Date.now() > endMs) throw new Error(`never came true: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  },

  run: ({ page, code }) => pages.get(page).page.evaluate(code),
  click: ({ page, selector }) => pages.get(page).page.click(selector),
  press: ({ page, key }) => pages.get(page).page.keyboard.press(key),
  files: ({ page, selector, path }) => pages.get(page).page.setInputFiles(selector, path),
  shot: async ({ page, path, fullPage }) => void (await pages.get(page).page.screenshot({ path, fullPage })),
  seen: ({ page }) => ({ requests: pages.get(page).requests, problems: pages.get(page).problems }),

  async download({ page: name, selector, path }) {
    const { page } = pages.get(name);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
    await download.saveAs(path);
    return download.suggestedFilename();
  },

  async close({ page }) {
    await pages.get(page).page.context().close();
    pages.delete(page);
  },

  quit: () => browser?.close(),
};

/** Take the server's place for one page: its stream says one thing and ends. */
async function answerStreamWith(page, bytes, code) {
  await page.routeWebSocket(/\/v1\/stream/, (socket) => {
    socket.send(bytes);
    socket.close({ code });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await operations[request.op](request)) ?? null };
  } catch (error) {
    answer = { failure: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (request.op === "quit") break;
}
process.exit(0);
