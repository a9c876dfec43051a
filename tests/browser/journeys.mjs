// What people come for, with their clicks counted; each ends by reading the result through
// the API.
import { isDeepStrictEqual } from "node:util";
import { Keyboard, Visitor, account, act, api, base, etag, must } from "./kit.mjs";
import { look } from "./inspect.mjs";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

const DESCRIPTION =
  "La questura chiede il permesso elettronico, l'anagrafe accetta la ricevuta del rinnovo: " +
  "art. 5-bis, co. 2, d.lgs. 142/2015. Succede da gennaio a chi rinnova.";

const titled = (what) => `${what} ${Math.random().toString(36).slice(2, 8)}: la ricevuta vale come documento?`;

export async function withVisitor(browser, options, journey) {
  const visitor = await Visitor.arrive(browser, options);
  try {
    return await journey(visitor);
  } finally {
    await visitor.leave();
  }
}

const firstTheme = (visitor) =>
  visitor.page.$eval('main [name="/theme"] option:nth-child(2)', (option) => option.value);

const firstAuthority = async () => (await api(account("staff"), "/authorities?limit=1")).items[0].authority;

// A: a municipality files a report.
export async function report(browser, scripts) {
  return withVisitor(browser, { scripts }, async (visitor) => {
    const parma = account("municipality");
    await visitor.enter(parma);
    await visitor.open("/");
    const title = titled("Rinnovo");
    await visitor.follow("Segnalazioni", "nav a");
    await visitor.follow("Nuova segnalazione");
    const required = await visitor.page.$$eval("main form [required]", (fields) => fields.length);
    must(required > 0 && required <= 6, `${required} required fields`);
    await visitor.type("/title", title);
    await visitor.type("/description", DESCRIPTION);
    await visitor.choose("/theme", await firstTheme(visitor));
    await visitor.choose("/positions/0/authority", await firstAuthority());
    await visitor.type("/positions/0/reading", "Serve il permesso elettronico.");
    await visitor.choose("/positions/0/form", "practice");
    await visitor.choose("/positions/0/known", "direct");
    await visitor.follow("Continua");
    await visitor.says("Non è ancora stata inviata");
    if (scripts) await look(visitor, "report checked");
    await visitor.follow("Invia la segnalazione");
    const id = visitor.path.match(UUID)?.[0];
    must(id, `after sending one is at ${visitor.path}: ${(await visitor.words()).slice(0, 600)}`);
    must(visitor.clicks <= 12, `${visitor.clicks} clicks`);
    const filed = await api(parma, `/issues/${id}`);
    must(filed.title === title && filed.description === DESCRIPTION, JSON.stringify(filed));
    must(filed.norm_citations.length === 1 && filed.readings.length === 1, JSON.stringify(filed));
    return { id, said: `${required} required fields, ${visitor.clicks} clicks` };
  });
}

// A: another municipality says that it happens there too, from the list.
export async function endorse(browser, scripts) {
  const { id } = await report(browser, scripts);
  return withVisitor(browser, { scripts }, async (visitor) => {
    const bologna = account("municipality", 1);
    await visitor.enter(bologna);
    await visitor.open("/segnalazioni");
    visitor.clicks = 0;
    await visitor.follow(await visitor.page.waitForSelector(`main a[href="/segnalazioni/${id}"]`));
    await visitor.press("Come A", "label");
    await visitor.follow("Succede anche da noi", "main form button");
    must(visitor.clicks <= 3, `${visitor.clicks} clicks`);
    const issue = await api(bologna, `/issues/${id}`);
    const own = issue.endorsements.find((one) => one.body === bologna.body);
    must(own?.position_seen === issue.readings[0].position_id, JSON.stringify(issue.endorsements));
    return { said: `${visitor.clicks} clicks` };
  });
}

// A with the keyboard alone, from the first page.
export async function reportByKeyboard(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    const parma = account("municipality");
    await visitor.enter(parma);
    await visitor.open("/");
    const keys = new Keyboard(visitor);
    await keys.reach('nav a[href="/segnalazioni"]');
    await keys.enter();
    await keys.reach('main a[href="/segnalazioni/nuova"]');
    await keys.enter();
    const title = titled("Da tastiera");
    await keys.reach('[name="/title"]');
    await keys.type(title);
    await keys.reach('[name="/description"]');
    await keys.type(DESCRIPTION);
    await keys.reach('[name="/theme"]');
    await keys.type("a");
    await keys.reach("main form button", "Continua");
    await keys.enter();
    await keys.reach("main form button", "Invia");
    await keys.enter();
    const id = visitor.path.match(UUID)?.[0];
    must(id, `after sending one is at ${visitor.path}`);
    must((await api(parma, `/issues/${id}`)).title === title, "another title");
    return { said: "by keyboard alone" };
  });
}

// What is wrong with a form is listed first, and each line leads to its field.
export async function mistakes(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    await visitor.enter(account("municipality"));
    await visitor.open("/segnalazioni/nuova");
    await visitor.type("/title", "Basta?");
    await visitor.follow("Continua");
    await visitor.follow("Invia la segnalazione");
    must(visitor.status === 422, `the status is ${visitor.status}`);
    await look(visitor, "report refused");
    const links = await visitor.page.$$eval(".summary a", (links) => links.map((link) => link.getAttribute("href")));
    must(links.length > 0, "no summary of what is wrong");
    for (const link of links) must(await visitor.page.$(link), `${link} leads to no field`);
    return { said: `${links.length} links to fields` };
  });
}

// D: an auditor looks at the record of a past day.
export async function pastDay(browser, scripts) {
  return withVisitor(browser, { scripts }, async (visitor) => {
    const auditor = account("auditor");
    await visitor.enter(auditor);
    await visitor.open("/");
    visitor.clicks = 0;
    await visitor.follow("Ricostruisci", "nav a");
    await visitor.day("al", "2026-09-30");
    await visitor.follow("Mostra", "main form button");
    await visitor.follow(await visitor.page.waitForSelector("main ol.rows h3 a"));
    must(visitor.clicks <= 4, `${visitor.clicks} clicks`);
    const id = visitor.path.match(UUID)[0];
    const then = await api(auditor, `/issues/${id}?as_of=2026-09-30T21:59:59.999999Z`);
    await visitor.says(`${then.reference} al 30 settembre 2026`);
    await visitor.says(then.title);
    const cookie = await visitor.cookie();
    const card = await fetch(`${base}/ricostruisci/${id}/scheda.json?al=2026-09-30`, { headers: { cookie } });
    must(isDeepStrictEqual((await card.json()).issue, then), "the page and the API differ");
    return { said: `${visitor.clicks} clicks` };
  });
}

// The slider moves the date, with the arrows too.
export async function slider(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    await visitor.enter(account("auditor"));
    await visitor.open("/ricostruisci?al=2026-09-30");
    await visitor.page.focus(".slider input");
    await visitor.page.keyboard.press("ArrowLeft");
    must((await visitor.value("al")) === "2026-09-29", await visitor.value("al"));
    const told = await visitor.page.$eval(".slider input", (slider) => slider.getAttribute("aria-valuetext"));
    must(told === "29 settembre 2026", told);
    return { said: "one day back with an arrow" };
  });
}

// E: a member of the public finds a solution that holds.
export async function publicSolution(browser, scripts) {
  const { words } = await published();
  return withVisitor(browser, { scripts }, async (visitor) => {
    await visitor.open("/soluzioni");
    await visitor.type("q", words);
    await visitor.follow("Cerca", "main form button");
    visitor.clicks = 0;
    await visitor.follow(await visitor.page.waitForSelector('main ol.rows a[href^="/soluzioni/"]'));
    must(visitor.clicks <= 2, `${visitor.clicks} clicks`);
    await visitor.says("valida");
    const solution = await api(null, `/solutions/${visitor.path.match(UUID)[0]}`);
    must(solution.validity === "current", JSON.stringify(solution));
    await visitor.says(solution.abstract.slice(0, 60));
    return { said: `${visitor.clicks} clicks after searching` };
  });
}

// A published solution that holds, and words to search for it.
async function published() {
  const solution = (await api(null, "/solutions?limit=200")).items.find((one) => one.validity === "current");
  must(solution, "no solution is published");
  return { words: solution.abstract.split(/\s+/).filter((word) => word.length > 6).slice(0, 3).join(" ") };
}

// What was typed is there after the network was lost, and after the session was.
export async function nothingIsLost(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    const parma = account("municipality");
    const fields = { "/title": titled("Connessione"), "/description": DESCRIPTION };
    const same = async (when) => {
      for (const [name, text] of Object.entries(fields)) {
        const kept = await visitor.value(name);
        must(kept === text, `${when}: ${name} holds «${kept}»`);
      }
    };
    await visitor.enter(parma);
    await visitor.open("/segnalazioni/nuova");
    for (const [name, text] of Object.entries(fields)) await visitor.type(name, text);
    fields["/theme"] = await firstTheme(visitor);
    await visitor.choose("/theme", fields["/theme"]);
    await visitor.page.setOfflineMode(true);
    await visitor.follow("Continua").catch(() => {});
    await visitor.page.setOfflineMode(false);
    await visitor.open("/segnalazioni/nuova");
    await same("after the network was lost");
    // The session ends while somebody types.
    for (const cookie of await visitor.page.cookies()) await visitor.page.setCookie({ ...cookie, value: "x".repeat(cookie.value.length) });
    await visitor.follow("Continua");
    must(visitor.status >= 400 || visitor.path.startsWith("/accesso"), `${visitor.status} ${visitor.path}`);
    await visitor.enter(parma);
    await visitor.open("/segnalazioni/nuova");
    await same("after the session was over");
    await visitor.follow("Continua");
    await visitor.follow("Invia la segnalazione");
    must(UUID.test(visitor.path), `after sending one is at ${visitor.path}`);
    await visitor.open("/segnalazioni/nuova");
    must((await visitor.value("/title")) === "", "what was sent is brought back");
    const typed = Object.values(fields).join("").length;
    return { said: `0 of ${typed} characters lost, twice` };
  });
}

// A double click files once.
export async function doubleClick(browser, scripts) {
  return withVisitor(browser, { scripts }, async (visitor) => {
    const parma = account("municipality");
    const title = titled("Doppio clic");
    await visitor.enter(parma);
    await visitor.open("/segnalazioni/nuova");
    await visitor.type("/title", title);
    await visitor.type("/description", DESCRIPTION);
    await visitor.choose("/theme", await firstTheme(visitor));
    await visitor.follow("Continua");
    const button = await visitor.find("Invia la segnalazione", "main button");
    await Promise.all([visitor.page.waitForNavigation({ waitUntil: "load" }), button.click({ count: 2, delay: 20 })]);
    await new Promise((done) => setTimeout(done, 1000));
    const listed = (await api(parma, "/issues?sort=updated&limit=50")).items.filter((one) => one.title === title);
    must(listed.length === 1, `${listed.length} were filed`);
    return { said: "filed once" };
  });
}

// The weight of a first view, in bytes as they were sent.
export async function weight(browser) {
  const weights = [];
  for (const address of ["/", "/segnalazioni", "/soluzioni", "/norme", "/cruscotto"]) {
    await withVisitor(browser, {}, async (visitor) => {
      if (address === "/segnalazioni") await visitor.enter(account("staff"));
      const client = await visitor.page.createCDPSession();
      await client.send("Network.enable");
      await client.send("Network.setCacheDisabled", { cacheDisabled: true });
      let bytes = 0;
      client.on("Network.loadingFinished", (done) => (bytes += done.encodedDataLength));
      await visitor.page.goto(base + address, { waitUntil: "networkidle0" });
      must(bytes > 1000 && bytes <= 60000, `${address} weighs ${bytes} bytes`);
      weights.push(`${address} ${(bytes / 1000).toFixed(1)} kB`);
    });
  }
  return { said: weights.join(", ") };
}

// How long the server takes for a page, in the middle of many; told, not judged.
export async function pace(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    await visitor.enter(account("staff"));
    const cookie = await visitor.cookie();
    const { items } = await api(account("staff"), "/issues?limit=200");
    const told = [];
    for (const [name, address] of [
      ["list", () => "/segnalazioni"],
      ["case", (at) => `/segnalazioni/${items[at % items.length].id}`],
    ]) {
      const times = [];
      for (let at = 0; at < 30; at += 1) {
        const begun = performance.now();
        await (await fetch(base + address(at), { headers: { cookie } })).text();
        times.push(performance.now() - begun);
      }
      times.sort((a, b) => a - b);
      told.push(`${name} ${times[15].toFixed(0)} ms`);
    }
    return { said: `median, unoptimised build: ${told.join(", ")}` };
  });
}
