// B and C: from seven reports to a draft, from an answer to what their bodies can adopt.
import { UUID, account, act, actOn, api, must, today, withVisitor, word } from "../kit.mjs";
import { look } from "../inspect.mjs";

const SEVEN = 7;

const NORM = { kind: "nir", urn: "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis-com2" };

// Who reads it how.
const OFFICES = [
  { authority: "questura-bo", province: "BO", reading: "Serve il permesso elettronico" },
  { authority: "questura-pr", province: "PR", reading: "Basta la ricevuta del rinnovo" },
];

const TO = "ministero_interno_ps";

const ANSWER = "Fino alla consegna del permesso basta la ricevuta in originale.";

const municipality = (at) => account("municipality", at % 2);

// Seven reports by two bodies about one paragraph, which one word finds.
async function sevenReports() {
  const found = word();
  const theme = (await api(account("staff"), "/themes")).items[0].theme;
  const issues = [];
  for (let at = 0; at < SEVEN; at += 1) {
    const { authority, province, reading } = OFFICES[at % 2];
    const said = `${reading}, caso ${at + 1}.`;
    const { id } = await act(municipality(at), "/issues", {
      title: `Rinnovo ${found} ${at + 1}: la ricevuta vale come documento?`,
      description: "Due uffici chiedono documenti diversi per la stessa iscrizione.",
      theme, urgency: "medium", visibility: "network", norms: [NORM],
      positions: [
        { authority, territory: { level: "province", code: province }, reading: said, form: "practice", known: "direct" },
      ],
    });
    issues.push({ id, reading: said });
  }
  // The index of the search follows a little later.
  for (let tries = 0; ; tries += 1) {
    const { items } = await api(account("staff"), `/issues?q=${found}&limit=50`);
    if (items.length === SEVEN) break;
    must(tries < 150, `the search finds ${items.length} of ${SEVEN} reports`);
    await new Promise((done) => setTimeout(done, 200));
  }
  return { found, issues };
}

// That the positions table of a page has a row for each report, with its reading.
async function showsPositions(visitor, issues) {
  const groups = await visitor.page.$$eval("main table tbody", (groups) =>
    groups.map((group) => [group.querySelector("th a")?.getAttribute("href"), group.textContent]),
  );
  for (const { id, reading } of issues) {
    const [, words] = groups.find(([href]) => href === `/segnalazioni/${id}`) ?? [];
    must(words?.includes(reading), `${visitor.path}: the table does not tell «${reading}» of ${id}`);
  }
}

async function draft(visitor) {
  const { found, issues } = await sevenReports();
  await visitor.enter(account("staff"));
  await visitor.open("/");
  await visitor.type("q", found);
  await visitor.follow("Cerca", "main form button");
  await visitor.follow(`Prepara quesito con tutte e ${SEVEN}`, "main form button");
  await showsPositions(visitor, issues);
  await visitor.choose("/addressees/0/addressee", TO);
  await visitor.follow("Salva la bozza", "main form button");
  const id = visitor.path.match(UUID)?.[0];
  must(id, `after saving one is at ${visitor.path}: ${(await visitor.words()).slice(0, 800)}`);
  return { id, issues };
}

// B: seven reports become the draft of a question, with its positions table.
export async function draftQuestion(browser, scripts) {
  return withVisitor(browser, { scripts }, async (visitor) => {
    const { id, issues } = await draft(visitor);
    must(visitor.clicks <= 8, `${visitor.clicks} clicks`);
    await visitor.says("in bozza");
    await showsPositions(visitor, issues);
    const question = await api(account("staff"), `/collective-questions/${id}`);
    const known = new Set(question.issues.map((issue) => issue.id));
    must(question.status === "draft" && known.size === SEVEN, JSON.stringify(question));
    for (const issue of issues) {
      must(known.has(issue.id), `${issue.id} is not in the question`);
      must(question.text_versions[0].background.includes(issue.reading), question.text_versions[0].background);
      must((await api(account("staff"), `/issues/${issue.id}`)).questions === 1, "an issue without its question");
    }
    must(question.addressees[0].addressee === TO && question.points.length === 1, JSON.stringify(question));
    return { said: `${visitor.clicks} clicks` };
  });
}

// Adhesion, approval and dispatch of a draft, through the API.
async function dispatch(id) {
  const staff = account("staff");
  const thing = `/collective-questions/${id}`;
  const { addressees } = await api(staff, thing);
  await act(municipality(0), `${thing}/adhesions`, { signatory_role: "sindaco", text_version: 1, kind: "before_dispatch" });
  await actOn(staff, thing, "approval", { text_version: 1, role: "presidente del coordinamento" });
  const letter = await act(staff, "/communications", {
    direction: "out", channel: "pec", subject: "Quesito collettivo", counterpart: [{ kind: "authority", id: TO }],
  });
  await act(staff, `/communications/${letter.id}/registration`, {
    body: staff.body, register: "SIM", year: Number(today().slice(0, 4)), date: today(),
    number: String(crypto.getRandomValues(new Uint32Array(1))[0] % 10_000_000).padStart(7, "0"),
  });
  await actOn(staff, thing, "dispatch", {
    addressees: [addressees[0].addressee_id], text_version: 1, communication: letter.id, occurred_on: today(),
  });
}

// Records the answer of who was asked; its id.
async function answer(visitor) {
  await visitor.follow("Registra un riscontro");
  await visitor.press(await visitor.page.waitForSelector('main input[name="/authors"][type=checkbox]'));
  await visitor.choose("/form", "nota");
  await visitor.day("/document_date", today());
  await visitor.type("/text", ANSWER);
  await visitor.choose("_punto0", "settled");
  await visitor.choose("valutazione/assessment", "clear");
  await visitor.follow("Registra il riscontro", "main form button");
  must(visitor.path.startsWith("/riscontri/"), `${visitor.path}: ${(await visitor.words()).slice(0, 800)}`);
  await visitor.says(ANSWER);
  return visitor.path.match(UUID)[0];
}

// Makes of the answer what bodies can adopt; its id.
async function solution(visitor) {
  await visitor.follow("Proponi una soluzione");
  await visitor.follow("Proponi la soluzione", "main form button");
  await visitor.follow("Valida la soluzione");
  await visitor.type("/by", "gruppo di lavoro giuridico");
  await visitor.follow("Valida questa versione", "main form button");
  must(/^\/soluzioni\/[0-9a-f-]{36}$/.test(visitor.path), `${visitor.path}: ${(await visitor.words()).slice(0, 800)}`);
  return visitor.path.match(UUID)[0];
}

// C: an answer is recorded; it stands on the seven reports, and what follows from it is offered
// to their bodies.
export async function recordAnswer(browser, scripts) {
  const told = await withVisitor(browser, { scripts }, async (visitor) => {
    const { id, issues } = await draft(visitor);
    await dispatch(id);
    await visitor.open(`/quesiti/${id}`);
    visitor.clicks = 0;
    const answered = await answer(visitor);
    const clicks = [visitor.clicks];
    const shown = await api(account("staff"), `/answers/${answered}`);
    must(shown.text === ANSWER && shown.assessment.assessment === "clear", JSON.stringify(shown));
    must(shown.issues.length === SEVEN && shown.questions[0].id === id, JSON.stringify(shown));
    for (const issue of issues) must(await visitor.page.$(`main a[href="/segnalazioni/${issue.id}"]`), `no link to ${issue.id}`);
    if (scripts) await look(visitor, "answer recorded");
    const solved = await solution(visitor);
    clicks.push(visitor.clicks - clicks[0]);
    return { id, issues, answered, solved, clicks };
  });
  for (const nth of [0, 1]) await withVisitor(browser, { scripts }, (visitor) => sees(visitor, municipality(nth), told));
  const question = await api(account("staff"), `/collective-questions/${told.id}`);
  must(question.status === "answered", question.status);
  return { said: `${told.clicks.join(" clicks, and for the solution ")}; on ${SEVEN} reports, offered to two bodies` };
}

// What a body sees of it.
async function sees(visitor, who, { issues, answered, solved }) {
  await visitor.enter(who);
  for (const { id } of issues) {
    await visitor.open(`/segnalazioni/${id}`);
    await visitor.says(ANSWER);
    must(await visitor.page.$(`main a[href="/riscontri/${answered}"]`), `${visitor.path} does not lead to the answer`);
    const issue = await api(who, `/issues/${id}`);
    must(issue.status === "answered" && issue.has_valid_solution, JSON.stringify(issue));
  }
  await visitor.open("/soluzioni");
  await visitor.follow("proposte al tuo ente", "main nav a");
  await visitor.follow(await visitor.page.waitForSelector(`main a[href="/soluzioni/${solved}"]`));
  await visitor.says("Adotta nel tuo ente");
  const offered = await api(who, `/solutions?offered_to=${who.body}&limit=200`);
  must(offered.items.some((one) => one.id === solved), `not offered to ${who.body}`);
}
