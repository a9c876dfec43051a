// The double as the official client of npm sees it.
// usage: MODULES=DIR node check.mjs ESDB-URL
//
// Any server may stand at the URL: the streams that are written have names of their own.
import { createRequire } from "node:module";
import path from "node:path";
import crypto from "node:crypto";

const modules = createRequire(path.resolve(process.env.MODULES ?? ".", "x.js"));
const {
  ANY, BACKWARDS, END, EventStoreDBClient, FORWARDS, MaxAppendSizeExceededError, NO_STREAM,
  STREAM_EXISTS, START, StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError,
  binaryEvent, eventTypeFilter, excludeSystemEvents, jsonEvent, streamNameFilter,
} = modules("@eventstore/db-client");

const client = EventStoreDBClient.connectionString(process.argv[2]);
const mark = crypto.randomUUID();
const stream = (name) => `check-${mark}-${name}`;
const event = (n, id) => jsonEvent({ id, type: "counted", data: { n }, metadata: { by: "check" } });
const append = (name, expectedRevision, ...events) =>
  client.appendToStream(stream(name), events, { expectedRevision });

function must(holds, words) {
  if (!holds) throw new Error(words);
}

function same(found, wanted, words) {
  const text = (value) =>
    JSON.stringify(value, (_, it) => (typeof it === "bigint" ? `${it}n` : it));
  must(text(found) === text(wanted), `${words}: ${text(found)} instead of ${text(wanted)}`);
}

async function refused(kind, doing, words) {
  const why = await doing().then(() => undefined, (error) => error);
  must(why instanceof kind, `${words}: ${why ?? "it was done"}`);
  return why;
}

async function all(reading) {
  const events = [];
  for await (const { event, commitPosition } of reading) events.push({ ...event, commitPosition });
  return events;
}

const read = (name, options) => all(client.readStream(stream(name), options));
const numbers = (events) => events.map(({ data }) => data.n);

// Waits for what a subscription says next.
function within(seconds, promise, words) {
  const late = new Promise((_, fail) => {
    setTimeout(() => fail(new Error(`${words} within ${seconds} s`)), seconds * 1000).unref();
  });
  return Promise.race([promise, late]);
}
const said = (subscription, what) => new Promise((done, fail) => {
  subscription.once(what, done);
  subscription.once("error", fail);
});

const checks = {
  async "append"() {
    const id = crypto.randomUUID();
    const first = await append("a", NO_STREAM, event(0, id), event(1));
    same(first.nextExpectedRevision, 1n, "revision");
    must(first.success && first.position.commit > 0n, "it has a position");
    const second = await append("a", 1n, event(2));
    must(second.position.commit > first.position.commit, "positions grow");
    const again = await append("a", ANY, event(0, id));
    same(again.nextExpectedRevision, 0n, "revision of what was repeated");
    const blob = binaryEvent({ type: "bytes", data: Uint8Array.from([0, 255]) });
    await append("a", STREAM_EXISTS, blob);
    same((await read("a")).length, 4, "events");
  },

  async "wrong version"() {
    await append("wrong", NO_STREAM, event(0));
    const wrong = () => append("wrong", 7n, event(1));
    const why = await refused(WrongExpectedVersionError, wrong, "a revision ahead");
    same([why.actualVersion, why.expectedVersion], [0n, 7n], "what it says");
    const none = () => append("wrong", NO_STREAM, event(1));
    same((await refused(WrongExpectedVersionError, none, "no stream")).expectedVersion, "no_stream", "expected");
    const missing = () => append("wrong-missing", STREAM_EXISTS, event(1));
    same((await refused(WrongExpectedVersionError, missing, "a missing stream")).actualVersion, "no_stream", "found");
    const huge = jsonEvent({ type: "huge", data: "x".repeat(1024 * 1024) });
    await refused(MaxAppendSizeExceededError, () => append("wrong", ANY, huge), "over 1 MiB");
  },

  async "read"() {
    await append("read", NO_STREAM, ...Array.from({ length: 70 }, (_, n) => event(n)));
    const events = await read("read", { direction: FORWARDS, fromRevision: START });
    same(numbers(events), Array.from({ length: 70 }, (_, n) => n), "forwards");
    same(numbers(await read("read", { fromRevision: 5n, maxCount: 3 })), [5, 6, 7], "a part");
    const backwards = { direction: BACKWARDS, fromRevision: END, maxCount: 2 };
    same(numbers(await read("read", backwards)), [69, 68], "backwards");
    same(numbers(await read("read", { ...backwards, fromRevision: 1n })), [1, 0], "back to the start");
    same(await read("read", { fromRevision: 70n }), [], "after the end");
    const { streamId, revision, type, metadata, isJson, created, id } = events[3];
    same([streamId, revision, type, metadata, isJson], [stream("read"), 3n, "counted", { by: "check" }, true], "event");
    must(created.getFullYear() > 2000 && id.length === 36, "it has a time and an id");
    const binary = binaryEvent({ type: "bytes", data: Uint8Array.from([0, 255]) });
    await append("binary", NO_STREAM, binary);
    const [{ data, isJson: json }] = await read("binary");
    same([[...data], json], [[0, 255], false], "bytes");
  },

  async "missing stream"() {
    await refused(StreamNotFoundError, () => read("missing"), "forwards");
    await refused(StreamNotFoundError, () => read("missing", { direction: BACKWARDS, fromRevision: END }), "backwards");
  },

  async "everything"() {
    await append("all", NO_STREAM, event(0), event(1));
    const last = await all(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 500 }));
    const ours = last.filter(({ streamId }) => streamId === stream("all")).reverse();
    same(numbers(ours), [0, 1], "backwards");
    const from = await all(client.readAll({ fromPosition: ours[0].position, maxCount: 1 }));
    same(from[0].id, ours[0].id, "a position includes its event");
    const before = await all(client.readAll({ direction: BACKWARDS, fromPosition: ours[1].position, maxCount: 1 }));
    must(before[0].position.commit < ours[1].position.commit, "and backwards it does not");
    const whole = await all(client.readAll({ fromPosition: START }));
    must(whole.every(({ commitPosition }, n) => n === 0 || commitPosition > whole[n - 1].commitPosition), "in order");
    must(whole.some(({ streamId }) => streamId.startsWith("$")), "with the events of the system");
  },

  async "subscription"() {
    const prefix = stream("followed");
    for (let n = 0; n < 80; n += 1) {
      await append(`followed-${n % 3}`, ANY, event(n));
      await append("unseen", ANY, event(n));
    }
    const checkpoints = [];
    const filter = streamNameFilter({
      prefixes: [prefix],
      maxSearchWindow: 10,
      checkpointReached: (_, position) => { checkpoints.push(position); },
    });
    const seen = [];
    let wanted = 80, enough;
    const follow = (fromPosition, filtered = filter) => {
      const subscription = client.subscribeToAll({ fromPosition, filter: filtered });
      subscription.on("data", ({ event }) => {
        seen.push(event);
        if (seen.length >= wanted) enough?.();
      });
      return subscription;
    };
    const until = (count) => new Promise((done) => {
      wanted = count;
      enough = done;
      if (seen.length >= count) done();
    });
    const first = follow(START);
    await within(10, Promise.all([said(first, "confirmation"), said(first, "caughtUp"), until(80)]), "not caught up");
    same(numbers(seen), Array.from({ length: 80 }, (_, n) => n), "what was there");
    must(checkpoints.length >= 8, `${checkpoints.length} checkpoints`);
    await append("followed-0", ANY, event(80));
    await append("unseen", ANY, event(81));
    await append("followed-1", ANY, event(82));
    await within(10, until(82), "the new events are not seen");
    same(numbers(seen).slice(80), [80, 82], "what is new");
    await first.unsubscribe();

    // A position excludes its event, and a checkpoint skips nothing.
    const position = seen[40].position;
    seen.length = 0;
    const second = follow(position);
    await within(10, until(41), "the rest is not seen");
    same(numbers(seen)[0], 41, "first after a position");
    await second.unsubscribe();
    seen.length = 0;
    const last = checkpoints.at(-1);
    const third = follow(last, eventTypeFilter({ prefixes: ["counted"] }));
    await within(10, said(third, "caughtUp"), "a checkpoint is no position");
    await append("followed-2", ANY, event(83));
    await within(10, until(1), "nothing is seen after a checkpoint");
    await third.unsubscribe();

    seen.length = 0;
    const live = follow(END, excludeSystemEvents());
    await within(10, said(live, "caughtUp"), "not live");
    await append("followed-0", ANY, event(84));
    await within(10, until(1), "the live event is not seen");
    same(numbers(seen), [84], "only what is new");
    await live.unsubscribe();

    const one = client.subscribeToStream(stream("followed-1"), { fromRevision: 2n });
    const [next] = await within(10, new Promise((done) => one.once("data", (it) => done([it]))), "a stream is not followed");
    same(next.event.revision, 3n, "first after a revision");
    await one.unsubscribe();
  },

  async "deletion"() {
    await append("deleted", NO_STREAM, event(0), event(1));
    await refused(WrongExpectedVersionError, () => client.deleteStream(stream("deleted"), { expectedRevision: 7n }), "a revision ahead");
    await client.deleteStream(stream("deleted"), { expectedRevision: 1n });
    await refused(StreamNotFoundError, () => read("deleted"), "a deleted stream");
    same((await append("deleted", NO_STREAM, event(2))).nextExpectedRevision, 2n, "revisions go on");
    same(numbers(await read("deleted")), [2], "what was deleted stays so");
    await client.setStreamMetadata(stream("deleted"), { maxCount: 2 });
    await append("deleted", ANY, event(3), event(4));
    same(numbers(await read("deleted")), [3, 4], "two are kept");
    same((await client.getStreamMetadata(stream("deleted"))).metadata.maxCount, 2, "metadata");
    await client.tombstoneStream(stream("deleted"));
    await refused(StreamDeletedError, () => read("deleted"), "a tombstone, read");
    await refused(StreamDeletedError, () => append("deleted", ANY, event(5)), "a tombstone, written");
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (why) {
    failed += 1;
    console.log(`FAILED  ${name}: ${why.stack ?? why}`);
  }
}
console.log(`${Object.keys(checks).length - failed} of ${Object.keys(checks).length} checks hold`);
await client.dispose?.();
process.exit(failed ? 1 : 0);
