// D and E: what those look up who only read, and what that costs.
import { isDeepStrictEqual } from "node:util";
import { UUID, account, act, actOn, api, base, must, optimised, quantile, withVisitor, word } from "../kit.mjs";

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

// E: a member of the public finds a solution that holds, from the search on the first page:
// by words of the solution itself, and by words of the problem that it solves.
export async function publicSolution(browser, scripts) {
  const { solution, itsWords, words } = await published();
  return withVisitor(browser, { scripts }, async (visitor) => {
    const clicks = [];
    for (const [typed, way] of [[itsWords, []], [words, [/^\/segnalazioni\//]]]) {
      await visitor.open("/");
      await visitor.type("q", typed);
      await visitor.follow("Cerca", "main form button");
      visitor.clicks = 0;
      for (const step of [...way, new RegExp(`^/soluzioni/${solution}$`)]) {
        await visitor.follow(await linkTo(visitor, step));
      }
      must(visitor.clicks <= 2, `${visitor.clicks} clicks`);
      clicks.push(visitor.clicks);
      await visitor.says("valida");
      const found = await api(null, `/solutions/${visitor.path.match(UUID)[0]}`);
      must(found.validity === "current", JSON.stringify(found));
      await visitor.says(found.abstract);
    }
    return { said: `${clicks.join(" and ")} clicks after searching` };
  });
}

// The first link of a page that leads to an address.
async function linkTo(visitor, address) {
  for (const link of await visitor.page.$$("main a")) {
    if (address.test(await link.evaluate((link) => link.getAttribute("href")))) return link;
  }
  throw new Error(`${visitor.path} does not lead to ${address}: ${(await visitor.words()).slice(0, 800)}`);
}

// A published case with a published solution that holds, each with words of its own.
async function published() {
  const staff = account("staff");
  const [words, itsWords] = [word(), word()];
  const theme = (await api(staff, "/themes")).items[0].theme;
  const issue = await act(account("municipality"), "/issues", {
    title: `Ricevuta ${words}`, description: "Due uffici chiedono documenti diversi.",
    theme, urgency: "medium", visibility: "public",
  });
  await actOn(staff, `/issues/${issue.id}`, "publication", {
    abstract: `Due uffici rispondono in modo diverso su ${words}.`, approved_role: "presidente",
  });
  const solution = await act(staff, "/solutions", {
    problem: "Quale documento basta.", text: "Basta la ricevuta.", level: "good_practice", issues: [issue.id],
    basis: { answers: [], norms: [{ kind: "nir", urn: "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis" }] },
    territory: { level: "national", code: "IT" }, visibility: "public",
  });
  await actOn(staff, `/solutions/${solution.id}`, "validation", { solution_version: 1, by: "gruppo di lavoro" });
  await actOn(staff, `/solutions/${solution.id}`, "publication", { abstract: `Si accetta la ricevuta (${itsWords}).` });
  await api(null, `/solutions/${solution.id}`);
  return { solution: solution.id, itsWords, words };
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

// How long the server takes for a page, over some requests one after another; told, not
// judged. An unoptimised build, of which the figures say little, is asked less.
export async function pace(browser) {
  return withVisitor(browser, {}, async (visitor) => {
    await visitor.enter(account("staff"));
    const cookie = await visitor.cookie();
    const listed = async (what) => (await api(account("staff"), `/${what}limit=100`)).items;
    const issues = await listed("issues?");
    const questions = await listed("collective-questions?");
    const norms = await listed("norms?sort=issues&");
    const requests = optimised ? 100 : 20;
    const told = [];
    for (const [name, address] of [
      ["list", () => "/segnalazioni"],
      ["case", (at) => `/segnalazioni/${issues[at % issues.length].id}`],
      ["question", (at) => `/quesiti/${questions[at % questions.length].id}`],
      ["norm", (at) => `/norme/${norms[at % norms.length].norm_id}`],
      ["desk", () => "/scrivania"],
    ]) {
      const times = [];
      for (let at = 0; at < requests; at += 1) {
        const begun = performance.now();
        const answer = await fetch(base + address(at), { headers: { cookie } });
        await answer.arrayBuffer();
        times.push(performance.now() - begun);
        must(answer.status === 200, `${address(at)}: ${answer.status}`);
      }
      told.push(`${name} ${quantile(times, 0.5).toFixed(1)} ms (p95 ${quantile(times, 0.95).toFixed(0)})`);
    }
    return { said: `median of ${requests}, ${optimised ? "" : "un"}optimised build: ${told.join(", ")}` };
  });
}
