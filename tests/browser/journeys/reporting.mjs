// A: a report and what may happen to it on the way: mistakes, a lost connection, a session that
// is over, a second click.
import { Keyboard, UUID, account, api, firstAuthority, must, optimised, quantile, withVisitor, word } from "../kit.mjs";
import { look } from "../inspect.mjs";

const DESCRIPTION =
  "La questura chiede il permesso elettronico, l'anagrafe accetta la ricevuta del rinnovo: " +
  "art. 5-bis, co. 2, d.lgs. 142/2015. Succede da gennaio a chi rinnova.";

const titled = (what) => `${what} ${word()}: la ricevuta vale come documento?`;

const firstTheme = (visitor) =>
  visitor.page.$eval('main [name="/theme"] option:nth-child(2)', (option) => option.value);

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

// What was typed is there after the network was lost, and after the session was; a short word as
// much as a long text, and whatever page one comes back by.
export async function nothingIsLost(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    const parma = account("municipality");
    const fields = { "/title": "Patente" };
    const same = async (when) => {
      for (const [name, text] of Object.entries(fields)) {
        const kept = await visitor.value(name);
        must(kept === text, `${when}: ${name} holds «${kept}»`);
      }
    };
    const losingTheNetwork = async (back) => {
      await visitor.page.setOfflineMode(true);
      await visitor.follow("Continua").catch(() => {});
      await visitor.page.setOfflineMode(false);
      for (const address of back) await visitor.open(address);
    };
    await visitor.enter(parma);
    await visitor.open("/segnalazioni/nuova");
    await visitor.type("/title", fields["/title"]);
    await losingTheNetwork(["/", "/segnalazioni/nuova"]);
    await same("after the network was lost, by way of the first page");
    fields["/description"] = DESCRIPTION;
    await visitor.type("/description", DESCRIPTION);
    fields["/title"] += titled(" o");
    await visitor.type("/title", fields["/title"].slice("Patente".length));
    fields["/theme"] = await firstTheme(visitor);
    await visitor.choose("/theme", fields["/theme"]);
    await losingTheNetwork(["/segnalazioni/nuova"]);
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
    const id = visitor.path.match(UUID)?.[0];
    must(id, `after sending one is at ${visitor.path}`);
    const filed = await api(parma, `/issues/${id}`);
    must(filed.title === fields["/title"] && filed.description === DESCRIPTION, JSON.stringify(filed));
    await visitor.open("/segnalazioni/nuova");
    must((await visitor.value("/title")) === "", "what was sent is brought back");
    const typed = Object.values(fields).join("").length;
    return { said: `0 of ${typed} characters lost, three times` };
  });
}

// What was typed about one thing does not come up where another is written about.
export async function draftsApart(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    const staff = account("staff");
    const [one, other] = (await api(staff, "/issues?limit=2")).items.map((issue) => issue.id);
    const subject = titled("Oggetto");
    await visitor.enter(staff);
    await visitor.open(`/quesiti/nuovo?segnalazione=${one}`);
    await (await visitor.field("/subject")).evaluate((field) => (field.value = ""));
    await visitor.type("/subject", subject);
    await visitor.open(`/quesiti/nuovo?segnalazione=${other}`);
    must((await visitor.value("/subject")) !== subject, "it comes up elsewhere");
    await visitor.open(`/quesiti/nuovo?segnalazione=${one}`);
    must((await visitor.value("/subject")) === subject, "it is lost");
    return { said: "two drafts apart" };
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

// What looks alike is shown while somebody types: how long after the last key of a pause, and
// how long the answer itself took.
export async function suggestions(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    const { page } = visitor;
    await visitor.enter(account("municipality"));
    await visitor.open("/segnalazioni/nuova");
    await visitor.type("/title", "La ricevuta del rinnovo");
    await page.evaluate(() => {
      globalThis.shown = [];
      let key;
      document.addEventListener("input", () => (key = performance.now()), true);
      new MutationObserver(() => shown.push(performance.now() - key)).observe(
        document.querySelector("[data-simili]"),
        { childList: true },
      );
    });
    await (await visitor.field("/description")).click();
    const words = DESCRIPTION.split(" ");
    for (const [at, one] of words.entries()) {
      await page.keyboard.type(`${one} `, { delay: 15 });
      await page.waitForFunction((at) => shown.length > at, { polling: 10 }, at);
    }
    must(words.length >= 20, `only ${words.length} pauses`);
    const alike = await page.$$eval("[data-simili] a", (links) => links.length);
    must(alike > 0, "nothing is suggested");
    const pauses = await page.evaluate(() => shown);
    const answers = await page.evaluate(() =>
      performance.getEntriesByName(`${location.origin}/segnalazioni/simili`).map((one) => one.duration),
    );
    const told = [["after the last key", pauses], ["the answer alone", answers]].map(([what, times]) => {
      const [middle, most] = [0.5, 0.95].map((part) => quantile(times, part));
      return `${what} ${middle.toFixed(0)} ms, p95 ${most.toFixed(0)} ms`;
    });
    const late = quantile(pauses, 0.95);
    must(!optimised || late < 300, `p95 is ${late.toFixed(0)} ms`);
    return { said: `${pauses.length} pauses, ${optimised ? "" : "un"}optimised build: ${told.join("; ")}` };
  });
}
