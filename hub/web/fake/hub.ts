// A hub for the page to talk to in tests and benchmarks: it serves the built page and answers as a hub would, without
// a house behind it.

import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type {
  BoardChoice,
  BoardMicrophones,
  Entity,
  Notice,
  Pronunciation,
  Schedule,
  Turn,
} from "../src/api/types";
import {
  ANSWERS,
  HEARING,
  LEARNING,
  MICROPHONES,
  PEOPLE,
  PRONUNCIATIONS,
  REFUSED,
  RULES,
  STATUS,
  me,
  said,
  turnOf,
} from "./answers";
import { type FakeHouse, fakeHouse, moved } from "./house";

export interface FakeOptions {
  /** How many entities the house has. */
  entities: number;
  perRoom?: number;
  /** The folder of the built page. */
  dist: string;
  /** Who is at the page: its owner, a guest, somebody not logged in, or nobody yet. */
  who?: "owner" | "guest" | "out" | "unclaimed";
}

export class FakeHub {
  readonly house: FakeHouse;
  /** When an action arrived, in milliseconds of `performance.now()`. */
  readonly actions: { entity: string; service: string; at: number }[] = [];
  notices: Notice[] = [];
  schedules: Schedule[] = [];
  past: (Turn & { text: string })[] = [];
  status = { ...STATUS };
  microphones = { ...MICROPHONES };
  pronunciations = [...PRONUNCIATIONS];
  sent = 0;
  private readonly listeners = new Set<ServerResponse>();
  /** Who tests the microphone. */
  private readonly testers = new Set<ServerResponse>();
  private readonly server: Server;
  private storm: ReturnType<typeof setInterval> | undefined;

  private constructor(private readonly options: FakeOptions) {
    this.house = fakeHouse(options.entities, options.perRoom);
    this.status.entities = options.entities;
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(options: FakeOptions): Promise<FakeHub> {
    const hub = new FakeHub(options);
    await new Promise<void>((done) => hub.server.listen(0, "127.0.0.1", done));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Waits until a page listens: what is told before is heard by nobody. */
  async untilFollowed(): Promise<void> {
    while (this.listeners.size === 0) await new Promise((done) => setTimeout(done, 20));
  }

  async stop(): Promise<void> {
    this.calm();
    for (const listener of [...this.listeners, ...this.testers]) listener.end();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Reports so many changes a second, in batches as the hub makes them, until it is calm. */
  rage(perSecond: number): void {
    const began = Date.now();
    const before = this.sent;
    this.storm = setInterval(() => {
      const due = Math.floor(((Date.now() - began) / 1000) * perSecond) - (this.sent - before);
      if (0 < due) this.report(due);
    }, BATCH_MS);
  }

  calm(): void {
    clearInterval(this.storm);
  }

  /** Reports the next so many changes in one event. */
  report(count: number): void {
    const all = this.house.entities;
    const batch = new Map<string, Entity>();
    for (let left = count; 0 < left; left--) {
      const at = (this.sent * STRIDE) % all.length;
      const next = moved(all[at] as Entity, ++this.sent);
      all[at] = next;
      batch.set(next.id, next);
    }
    this.tell("entities", { entities: [...batch.values()], gone: [] });
  }

  /** Something for every page that listens. */
  tell(event: string, data: unknown): void {
    for (const listener of this.listeners)
      listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Something that the microphone hears, for who tests it; waits until somebody does. */
  async hear(event: string, data: unknown): Promise<void> {
    while (this.testers.size === 0) await new Promise((done) => setTimeout(done, 20));
    for (const tester of this.testers) tester.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Whether nobody tests the microphone. */
  get isUntested(): boolean {
    return this.testers.size === 0;
  }

  /** Breaks every stream off, and takes no new one. */
  hide(): void {
    for (const listener of this.listeners) listener.destroy();
    this.listeners.clear();
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://hub");
    if (!url.pathname.startsWith("/api/v1/")) return this.file(url.pathname, response);
    const path = url.pathname.slice("/api/v1/".length);
    if (path === "events") return this.listen(response);
    if (path === "microphone/test") return this.follow(response, this.testers);
    const body = await read(request);
    const found = this.call(request.method ?? "GET", path, body);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { said: "the interface has no such address", hint: null }));
  }

  private call(method: string, path: string, body: Record<string, unknown>): unknown {
    const [first, id, last] = path.split("/");
    switch (`${method} ${first}`) {
      case "GET me":
        return me(this.options.who ?? "owner");
      case "GET schedules":
        return this.schedules;
      case "GET turns":
        return last === "repair" ? ANSWERS.repair : this.past;
      case "GET people":
        return PEOPLE;
      case "GET rules":
        return RULES;
      case "GET refusals":
        return REFUSED;
      case "GET tokens":
        return ANSWERS.tokens;
      case "GET learning":
        return LEARNING;
      case "POST learning":
        return { turn: turnOf("I will turn on Lamp 0 every weekday at 7:05."), schedule: "s9" };
      case "GET hearing":
        return HEARING;
      case "GET pronunciations":
        return this.pronunciations;
      case "PUT pronunciations":
        return this.pronounce(id ?? "", String(body.heard_as));
      case "DELETE pronunciations":
        return this.pronounce(id ?? "", null);
      case "GET microphone":
        return this.microphones;
      case "PUT microphone":
        return this.choose({ ...(body as Partial<BoardChoice>), chosen: true });
      case "DELETE microphone":
        return this.choose({ ...MICROPHONES });
      case "GET memory":
        return { days: 30 };
      case "GET phrases":
        return ANSWERS.phrases;
      case "DELETE notices":
        this.notices = this.notices.filter((one) => String(one.id) !== id);
        this.tell("notices", this.notices);
        return { gone: id };
      case "POST requests":
        return said(String(body.text));
      case "POST turns":
        return turnOf("Taken back.");
      case "POST entities":
        return this.act(decodeURIComponent(id ?? ""), String(body.service));
      default:
        return {};
    }
  }

  private act(id: string, service: string): unknown {
    this.actions.push({ entity: id, service, at: performance.now() });
    const at = this.house.entities.findIndex((one) => one.id === id);
    const entity = this.house.entities[at];
    if (!entity) return undefined;
    if (service === "lock.unlock") return turnOf("Please say your PIN.", { kind: "pin", choices: [] });
    const state = service.endsWith("turn_on") ? "on" : service.endsWith("turn_off") ? "off" : entity.state;
    const next = { ...entity, state, changed_ms: Date.now(), cause: "page" };
    this.house.entities[at] = next;
    this.tell("entities", { entities: [next], gone: [] });
    return turnOf("Done.");
  }

  private pronounce(word: string, own: string | null): unknown {
    const said = (one: Pronunciation) => ({ ...one, own, heard_as: own ?? one.proposed });
    this.pronunciations = this.pronunciations.map((one) => (one.word === word ? said(one) : one));
    return this.pronunciations;
  }

  private choose(choice: Partial<BoardMicrophones>): BoardMicrophones {
    this.microphones = { ...this.microphones, ...choice };
    this.status.microphone = { state: "listening", problem: null, reason: null };
    this.tell("status", this.status);
    return this.microphones;
  }

  private follow(response: ServerResponse, among: Set<ServerResponse>): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.flushHeaders();
    among.add(response);
    response.on("close", () => among.delete(response));
  }

  private listen(response: ServerResponse): void {
    this.follow(response, this.listeners);
    const house = { ...this.house, timers: ANSWERS.timers, notices: this.notices, status: this.status };
    response.write(`event: house\ndata: ${JSON.stringify(house)}\n\n`);
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    try {
      const name = path === "/" ? "index.html" : normalize(path);
      const bytes = await readFile(join(this.options.dist, name));
      response.writeHead(200, {
        "content-type": KINDS[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

/** As long as the hub gathers changes. */
const BATCH_MS = 40;
/** Changes hop about the house, as they do in a real one. */
const STRIDE = 7;
/** The hub's own. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const KINDS: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};
