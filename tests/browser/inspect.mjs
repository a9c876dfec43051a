// What is looked at on every page: axe (WCAG 2.0, 2.1, 2.2 A and AA, EN 301 549, best practice),
// the console, failed requests, reflow at 320 px, title and language, valid HTML, other hosts.
// A screenshot wide and narrow of each lies in the folder of results.
import { HtmlValidate, axe, base, out } from "./kit.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"];

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // Style, not validity.
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    "no-inline-style": "error",
    // Several boxes, or hidden fields, of one name are several choices: HTML allows it.
    "form-dup-name": "off",
  },
});

export const total = { pages: 0, violations: 0, notes: 0, invalid: 0 };

// Whether the source of a page is valid.
export async function valid(name, source) {
  const report = await validator.validateString(source);
  for (const message of report.results.flatMap((result) => result.messages)) {
    total.invalid += 1;
    console.log(`  ${name}:${message.line}: ${message.ruleId}: ${message.message}`);
  }
}

// Opens a page as a visitor and looks at it, wide and narrow.
export async function inspect(visitor, name, address) {
  const notes = [];
  const { page } = visitor;
  const listen = {
    console: (message) => message.type() === "error" && notes.push(`console: ${message.text().slice(0, 160)}`),
    pageerror: (why) => notes.push(`script: ${why.message}`),
    requestfailed: (request) => notes.push(`failed: ${request.url()}`),
  };
  for (const [event, listener] of Object.entries(listen)) page.on(event, listener);
  await page.setViewport({ width: 1280, height: 900 });
  await visitor.open(address);
  // A page that says why it is refused is an answer, not a fault of the page.
  const refused = visitor.status >= 400;
  await look(visitor, name, notes.filter((note) => !(refused && note.includes("Failed to load resource"))));
  for (const [event, listener] of Object.entries(listen)) page.off(event, listener);
}

// A picture of a whole page, or of its beginning when Chromium makes none of that length.
async function picture(page, path) {
  const height = await page.mainFrame().isolatedRealm().evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path, fullPage: height <= 16_000 });
}

// Looks at the page that is open.
export async function look(visitor, name, notes = []) {
  const { page } = visitor;
  const file = `${out}/${name.replace(/[^a-z0-9]+/gi, "-")}`;
  await page.setViewport({ width: 1280, height: 900 });
  await picture(page, `${file}-wide.png`);
  const world = page.mainFrame().isolatedRealm();
  await world.evaluate(`${axe};0`);
  const found = await world.evaluate((tags) => axe.run(document, { runOnly: tags }), RULES);
  const meta = await world.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
  }));
  await page.setViewport({ width: 320, height: 640 });
  const over = await world.evaluate(() => document.documentElement.scrollWidth - 320);
  await picture(page, `${file}-narrow.png`);
  if (over > 0) notes.push(`reflow: ${over} px too wide at 320 px`);
  if (meta.lang !== "it") notes.push(`the language is ${meta.lang}`);
  if (meta.headings !== 1) notes.push(`${meta.headings} h1`);
  if (!meta.title) notes.push("no title");
  const elsewhere = [...visitor.hosts].filter((host) => host && host !== new URL(base).host);
  if (elsewhere.length > 0) notes.push(`asked ${elsewhere.join(", ")}`);
  total.pages += 1;
  total.violations += found.violations.length;
  total.notes += notes.length;
  console.log(`${name}: ${found.passes.length} rules pass, ${found.violations.length} violated; ${notes.length} notes`);
  for (const one of found.violations) console.log(`  ${one.impact} ${one.id} x${one.nodes.length} ${one.nodes[0].target.join(" ")}`);
  for (const note of notes) console.log(`  ${note}`);
  await valid(name, visitor.source);
}
