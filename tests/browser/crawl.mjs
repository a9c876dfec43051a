// Every kind of page there is: from the first page by links, as each role and as nobody, one
// address for each kind.
import { account, accounts, api, base, must } from "./kit.mjs";
import { inspect } from "./inspect.mjs";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const FILE = /\.(zip|csv|json|atom|css|js|svg|ico|png|docx|pdf|txt)(\?|$)/;
const OTHER = /^\/(api|docs|openapi|problems|statici|uscita)/;

// Bodies have codes, people have opaque references.
const CODE = /\/(enti|accessi)\/(?!nuov)[^/]+/g;

const kind = (address) => address.split(/[?#]/)[0].replace(UUID, "{id}").replace(CODE, "/$1/{code}");

// The addresses to begin with: a case that has everything, so that its page stands for all.
async function beginnings() {
  const auditor = account("auditor");
  const list = (await api(auditor, "/issues?limit=200&sort=reported&as_of=2026-10-01T00:00:00Z")).items;
  const rich = list.toSorted((a, b) => b.bodies_affected + 9 * b.questions - (a.bodies_affected + 9 * a.questions))[0];
  must(rich, "the cases of the demonstration are not there");
  return [
    `/segnalazioni/${rich.id}`,
    `/ricostruisci/${rich.id}?al=2026-09-30`,
    `/ricostruisci?al=2026-09-30`,
    "/",
  ];
}

// Pages that no link of the first kind leads to.
const MORE = [
  "/segnalazioni?q=permesso&difformita=1",
  "/segnalazioni?q=zampirone",
  "/segnalazioni?stato=forse",
  "/ricostruisci?al=2999-01-01",
  "/difformita?tutte=1",
  "/zampirone",
];

// The kinds of pages that a visitor gets, each with one address.
async function reachable(cookie) {
  const found = new Map();
  const waiting = [...(await beginnings())];
  while (waiting.length > 0) {
    const address = waiting.shift();
    const own = kind(address);
    if (found.has(own) || FILE.test(address) || OTHER.test(address)) continue;
    const answer = await fetch(base + address, { headers: { cookie }, redirect: "manual" });
    const html = (answer.headers.get("content-type") ?? "").startsWith("text/html");
    must(answer.status < 500, `${address}: ${answer.status}`);
    if (answer.status !== 200 || !html) continue;
    found.set(own, address);
    const source = await answer.text();
    for (const [, href] of source.matchAll(/ href="(\/[^"]*)"/g)) waiting.push(href.replaceAll("&amp;", "&"));
  }
  return found;
}

// Looks at every kind of page: as nobody, and as the first role that gets it.
export async function everyPage(visitors) {
  const taken = new Set();
  for (const [name, visitor] of visitors) {
    const pages = await reachable(await visitor.cookie());
    for (const [own, address] of pages) {
      if (name !== "nobody" && taken.has(own)) continue;
      if (name !== "nobody") taken.add(own);
      await inspect(visitor, `${name} ${own}`, address);
    }
    if (["nobody", "staff"].includes(name)) {
      for (const address of MORE) await inspect(visitor, `${name} ${address}`, address);
    }
  }
  must(taken.size >= 15, `only ${taken.size} kinds of pages were found: ${[...taken].join(" ")}`);
}

export const roles = ["staff", "municipality", "auditor", "observer", "admin"].filter((role) =>
  accounts.some((one) => one.role === role),
);
