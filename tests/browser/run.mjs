// usage: MODULES=DIR [ONLY=NAME,…] [OPTIMISED=1] node run.mjs ADDRESS TOKENS OUT
//
// Walks the pages of a demonstration with a real Chromium: every kind of page is looked at as
// nobody and as somebody, every journey is made with JavaScript on and off. ONLY names journeys,
// or "pages"; OPTIMISED says that the program was built for speed, so that times are judged.
import fs from "node:fs";
import { Visitor, account, launch, out } from "./kit.mjs";
import { everyPage, roles } from "./crawl.mjs";
import { total } from "./inspect.mjs";
import * as journeys from "./journeys/index.mjs";

const TWICE = ["report", "endorse", "draftQuestion", "recordAnswer", "pastDay", "publicSolution", "doubleClick"];
const ONCE = ["reportByKeyboard", "mistakes", "slider", "nothingIsLost", "draftsApart", "suggestions", "weight", "pace"];

fs.mkdirSync(out, { recursive: true });
const only = process.env.ONLY?.split(",");
const wanted = (name) => !only || only.includes(name);
const browser = await launch();
let failed = 0;

async function attempt(name, journey) {
  const begun = performance.now();
  try {
    const { said } = await journey();
    console.log(`${name}: ${said} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (why) {
    failed += 1;
    console.log(`${name} FAILED: ${why.message}`);
  }
}

for (const name of TWICE.filter(wanted)) {
  await attempt(`${name}, scripts on`, () => journeys[name](browser, true));
  await attempt(`${name}, scripts off`, () => journeys[name](browser, false));
}
for (const name of ONCE.filter(wanted)) await attempt(name, () => journeys[name](browser));

if (wanted("pages")) {
  await attempt("pages", async () => {
    const visitors = [["nobody", await Visitor.arrive(browser)]];
    for (const role of roles) visitors.push([role, await (await Visitor.arrive(browser)).enter(account(role))]);
    await everyPage(visitors);
    return { said: `${total.pages} pages looked at` };
  });
}
await browser.close();

console.log(`${total.pages} pages: ${total.violations} violations, ${total.notes} notes, ${total.invalid} errors of HTML; ${failed} journeys failed`);
process.exit(failed + total.violations + total.notes + total.invalid === 0 ? 0 : 1);
