// What the browser tests share: Chromium, visitors who count their clicks, the API.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

// Whether the program was built for speed: only then are times judged.
export const optimised = process.env.OPTIMISED === "1";

export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

const modules = createRequire(path.resolve(process.env.MODULES ?? ".", "x.js"));
const puppeteer = modules("puppeteer-core");
export const axe = fs.readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
export const { HtmlValidate } = modules("html-validate");

export const [base, tokens, out] = process.argv.slice(2);

// The accounts of the demonstration, in their order: role, body, token.
export const accounts = fs.readFileSync(tokens, "utf8").trim().split("\n").map((line) => {
  const [role, body, token] = line.split(" ");
  return { role, body, token };
});
export const account = (role, nth = 0) => accounts.filter((one) => one.role === role)[nth];

export function must(holds, words) {
  if (!holds) throw new Error(words);
}

// Reads something of the API, as somebody or as nobody.
export async function api(who, address) {
  const headers = who ? { authorization: `Bearer ${who.token}` } : {};
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${base}/api/v1${address}`, { headers });
    if (answer.status === 503 && tries < 50) {
      await new Promise((done) => setTimeout(done, 200));
      continue;
    }
    must(answer.ok, `GET ${address}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  }
}

// Records something through the API; `etag` where it rests on what was seen.
export async function act(who, address, body, etag) {
  const headers = {
    authorization: `Bearer ${who.token}`,
    "content-type": "application/json",
    "idempotency-key": crypto.randomUUID(),
    ...(etag ? { "if-match": etag } : {}),
  };
  const answer = await fetch(`${base}/api/v1${address}`, { method: "POST", headers, body: JSON.stringify(body) });
  must(answer.ok, `POST ${address}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

// Records something that rests on how the thing stands.
export async function actOn(who, thing, what, body) {
  const answer = await fetch(`${base}/api/v1${thing}`, { headers: { authorization: `Bearer ${who.token}` } });
  return act(who, `${thing}/${what}`, body, answer.headers.get("etag"));
}

export const firstAuthority = async () => (await api(account("staff"), "/authorities?limit=1")).items[0].authority;

// The civil date.
export const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Rome" }).format(new Date());

// A word that nothing else holds.
export const word = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => "bcdfghklmprstvz"[byte % 15]).join("");

// What stands at a place in an ordered list of times: 0.5 is the middle.
export const quantile = (times, part) => times.toSorted((a, b) => a - b)[Math.ceil(times.length * part) - 1];

export const launch = () =>
  puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--lang=it-IT"],
    protocolTimeout: 120000,
  });

// Somebody at a browser: a session of its own, and the clicks it took.
export class Visitor {
  static async arrive(browser, { scripts = true, width = 1280 } = {}) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width, height: 900 });
    await page.setJavaScriptEnabled(scripts);
    page.setDefaultTimeout(60000);
    return new Visitor(context, page);
  }

  constructor(context, page) {
    Object.assign(this, { context, page, clicks: 0, source: "", hosts: new Set() });
    page.on("request", (request) => this.hosts.add(new URL(request.url()).host));
  }

  leave() {
    return this.context.close();
  }

  async open(address) {
    return this.#arrived(await this.page.goto(base + address, { waitUntil: "load" }));
  }

  async #arrived(response) {
    this.status = response?.status();
    this.source = (await response?.text().catch(() => "")) ?? "";
    return response;
  }

  get path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  // Enters with one click, as the account of the demonstration that it is.
  async enter(who) {
    await this.open("/accesso");
    const at = accounts.indexOf(who);
    const button = `form[action="/accesso/dimostrazione"]:has(input[name=account][value="${at}"]) button`;
    await Promise.all([this.page.waitForNavigation(), this.page.click(button)]);
    this.clicks = 0;
    return this;
  }

  // What can be pressed that begins with these words, the first one in view.
  async find(words, kinds = "a, button, summary, label") {
    const handle = await this.page.evaluateHandle(
      (words, kinds) =>
        [...document.querySelectorAll(kinds)].find((one) => one.textContent.trim().startsWith(words) && one.checkVisibility()),
      words,
      kinds,
    );
    const found = handle.asElement();
    must(found, `${this.path} has nothing to press called «${words}»`);
    return found;
  }

  // Presses something that leads to another page.
  async follow(words, kinds = "main a, main button, nav a") {
    const found = typeof words === "string" ? await this.find(words, kinds) : words;
    this.clicks += 1;
    const [response] = await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), found.click()]);
    return this.#arrived(response);
  }

  // Presses something that stays on the page.
  async press(words, kinds) {
    const found = typeof words === "string" ? await this.find(words, kinds) : words;
    this.clicks += 1;
    await found.click();
  }

  field(name) {
    return this.page.waitForSelector(`main [name="${name}"]`, { visible: true });
  }

  // Clicks into a field and types.
  async type(name, text) {
    const field = await this.field(name);
    this.clicks += 1;
    await field.click();
    await field.type(text);
  }

  // Chooses from a list; opening it is a click.
  async choose(name, value) {
    this.clicks += 1;
    await (await this.field(name)).select(value);
  }

  // Fills in a day: how it is typed depends on the browser's language.
  async day(name, value) {
    const field = await this.field(name);
    this.clicks += 1;
    await field.click();
    await field.evaluate((field, value) => {
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }, value);
  }

  value(name) {
    return this.page.$eval(`main [name="${name}"]`, (field) => field.value);
  }

  words() {
    return this.page.evaluate(() => document.body.innerText.replace(/\s+/g, " "));
  }

  async says(words) {
    const text = await this.words();
    must(text.includes(words), `${this.path} does not say «${words}»: ${text.slice(0, 1500)}`);
  }

  // The cookies, as a header.
  async cookie() {
    return (await this.page.cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
  }
}

export async function withVisitor(browser, options, journey) {
  const visitor = await Visitor.arrive(browser, options);
  try {
    return await journey(visitor);
  } finally {
    await visitor.leave();
  }
}

// Moves with the keyboard alone.
export class Keyboard {
  constructor(visitor) {
    this.page = visitor.page;
    this.visitor = visitor;
  }

  // Presses Tab until something fits.
  async reach(selector, words = "") {
    for (let pressed = 0; pressed < 400; pressed += 1) {
      await this.page.keyboard.press("Tab");
      const there = await this.page.evaluate(
        (selector, words) => document.activeElement.matches(selector) && document.activeElement.textContent.trim().startsWith(words),
        selector,
        words,
      );
      if (!there) continue;
      const seen = await this.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none");
      must(seen, `the focus on ${selector} ${words} cannot be seen`);
      return;
    }
    throw new Error(`${this.visitor.path}: no Tab leads to ${selector} ${words}`);
  }

  async enter() {
    const [response] = await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), this.page.keyboard.press("Enter")]);
    this.visitor.status = response?.status();
  }

  type(text) {
    return this.page.keyboard.type(text);
  }
}
