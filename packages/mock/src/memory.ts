/**
 * The memory: an organization, and what calls change in it. It follows the description (`x-resources`, `x-memory`,
 * `x-attribute`): no resource and no operation has code of its own.
 */
import type { Attribute, MemoryRefusal, MemoryUse, Operation, OperationId, Template } from "./api.ts";
import type { Fields } from "./fields.ts";
import { type ExampleNames, type Organization, operations, resources } from "./generated/api.ts";
import { createIds } from "./ids.ts";

/** A text alone is the name; of a thing whose id another API assigns, the id. Ids that this API assigns can be left out. */
type Seed<Value> = Value extends readonly (infer Each)[]
  ? readonly Seed<Each>[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Seed<Value[Key]> } | string
    : Value;

export interface MemoryOptions {
  /**
   * The organization at the start. A list that is left out is that of a new organization. Without a list of users or departments,
   * every id that a call names exists.
   */
  organization?: Exclude<Seed<Organization>, string>;
  /**
   * Refusals that the description lacks: for an operation and a reason, the name of the example to answer with.
   * `{ addRoleGroup: { taken: "parameterError" } }` refuses a second role group of the same name.
   */
  refuses?: { readonly [Id in OperationId]?: { readonly [Reason in MemoryRefusal]?: ExampleNames[Id] } };
  /**
   * The seed of new ids: the same seed gives the same ids.
   * @default 1
   */
  seed?: number;
}

export interface Memory {
  /** Carries a call out. Returns the example that the answer is, or resembles, and the answer. */
  carryOut(id: string, operation: Operation & { memory: MemoryUse }, form: Fields): { example: string; body: unknown };
  organization(): Organization;
  reset(): void;
}

type Id = number | string;

interface Thing {
  readonly resource: string;
  readonly id?: Id | undefined;
  name?: string | undefined;
  readonly isClosed: boolean;
  /** The things that it belongs to, by resource. */
  readonly owners: Owners;
  /** The things that belong to it, by resource. */
  readonly owned: Map<string, Set<Thing>>;
  /** Its lists of things of other APIs, by resource. */
  lists: Readonly<Record<string, readonly Thing[]>>;
}

type Owners = Readonly<Record<string, Thing>>;

class Refused extends Error {
  readonly reason: MemoryRefusal;
  constructor(reason: MemoryRefusal) {
    super(reason);
    this.reason = reason;
  }
}

export function createMemory(options: MemoryOptions): Memory {
  checkNames(options, ["organization", "refuses", "seed"], "memory");
  const { organization = {}, refuses = {}, seed = 1 } = options;
  if (!Number.isSafeInteger(seed)) throw new TypeError(`memory.seed must be a whole number, not ${seed}`);
  checkRefusals(refuses);
  let store = start();

  function start(): Store {
    const fresh = createStore(seed);
    const top = within(undefined);
    checkNames(organization, top.map(pluralOf), "organization");
    for (const each of top) {
      const seeds = (organization as Record<string, unknown>)[pluralOf(each)];
      if (seeds !== undefined) fresh.listed.add(each);
      plantAll(fresh, each, seeds ?? kindOf(each).start, {}, "organization");
    }
    return fresh;
  }

  return {
    carryOut(id, operation, form) {
      const { memory, examples, success, refusals } = operation;
      const reasons: MemoryUse["refuses"] = { ...memory.refuses, ...refuses[id as OperationId] };
      try {
        const { [success]: base } = examples;
        return {
          example: success,
          body: toAnswer(base?.value as object, memory.answer, apply(memory, reasons, form, store)),
        };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const example = reasons[error.reason] ?? refusals.invalidInput;
        return { example, body: examples[example]?.value };
      }
    },
    organization() {
      const shown = within(undefined).filter((each) => kindOf(each).id === "new" || store.listed.has(each));
      return Object.fromEntries(shown.map((each) => [pluralOf(each), store.all(each).map(describe)])) as never;
    },
    reset() {
      store = start();
    },
  };
}

/** The subject of an answer: a thing, or a page of things. */
interface Subject {
  readonly thing?: Thing | undefined;
  readonly page?: { readonly things: readonly Thing[]; readonly more: boolean };
}

/** Everything is checked before anything is changed: a call is carried out completely, or not at all. */
function apply(use: MemoryUse, reasons: MemoryUse["refuses"], form: Fields, store: Store): Subject {
  const { resource, paging, firstId } = use;
  const { name, has, things, places, targets } = resolveInput(use, form, store);
  const refuseIf = <Each>(reason: MemoryRefusal, all: readonly Each[], isRefused: (each: Each) => boolean) => {
    if (reasons[reason] && all.some(isRefused)) throw new Refused(reason);
  };
  const isTaken = (place: Owners, self?: Thing) =>
    store.beside(resource, place).some((each) => each !== self && each.name === name);

  switch (use.verb) {
    case "creates": {
      const found = places();
      refuseIf("closed", found, isInClosed);
      refuseIf("taken", found, (each) => isTaken(each));
      return { thing: found.map((each) => store.add(resource, { owners: each, name }, firstId)).at(-1) };
    }
    case "lists": {
      const [owner] = kindOf(resource).of.flatMap(things);
      return { page: cutPage(owner ? related(owner, resource) : store.all(resource), paging, form) };
    }
    case "reads":
      return { thing: targets().map((each) => each ?? refuseMissing(resource))[0] };
    case "updates": {
      const found = targets().map((each) => each ?? refuseMissing(resource));
      const lists = has.map((kind) => [kind, things(kind)]);
      refuseIf("closed", found, ({ isClosed }) => isClosed);
      refuseIf("taken", found, (each) => isTaken(each.owners, each));
      for (const each of found) {
        if (name !== undefined) each.name = name;
        each.lists = Object.fromEntries(lists);
      }
      return { thing: found[0] };
    }
    case "deletes": {
      const found = targets().filter((each) => each !== undefined);
      refuseIf("closed", found, ({ isClosed }) => isClosed);
      refuseIf("held", found, ({ owned }) => [...owned.values()].some(({ size }) => size > 0));
      found.forEach(store.remove);
      return {};
    }
  }
}

function isInClosed(owners: Owners): boolean {
  return Object.values(owners).some(({ isClosed }) => isClosed);
}

function refuseMissing(kind: string): never {
  throw new Refused(`missing.${kind}`);
}

/** The things that the form of a call names. */
function resolveInput({ resource, input }: MemoryUse, form: Fields, store: Store) {
  const { id, of, has } = kindOf(resource);
  const given = readInput(input, form);
  const things = (kind: string): Thing[] =>
    (given[`${kind}.id`] ?? []).map((each) => store.find(kind, each) ?? refuseMissing(kind));

  /** Each combination of the owners: a role group, or every role with every user. */
  function places(): Owners[] {
    let all: Owners[] = [{}];
    for (const kind of of) {
      const found = things(kind);
      all = all.flatMap((place) => found.map((thing) => ({ ...place, [kind]: thing })));
    }
    return all;
  }

  return {
    name: given[`${resource}.name`]?.[0] as string | undefined,
    has: has.filter((kind) => given[`${kind}.id`]),
    things,
    places,
    /** The things to read, update or delete; `undefined` for one that does not exist. */
    targets: () => (id ? things(resource) : places().map((place) => store.findBetween(resource, place))),
  };
}

/** The values of the form, by their attributes. */
function readInput(input: MemoryUse["input"], form: Fields): Readonly<Record<string, Id[]>> {
  const given: Record<string, Id[]> = {};
  for (const [field, { attribute, isList, isNumber }] of Object.entries(input)) {
    const text = form[field];
    if (typeof text !== "string") continue;
    const items = isList ? text.split(",") : [text];
    given[attribute] = isNumber ? items.map(Number) : items;
  }
  return given;
}

/** `size` and `offset` take effect only together. */
function cutPage(things: readonly Thing[], paging: MemoryUse["paging"], form: Fields) {
  const { [paging?.offset ?? ""]: offset, [paging?.size ?? ""]: size } = form;
  const [from, count] =
    offset === undefined || size === undefined ? [0, paging?.defaultSize ?? Infinity] : [Number(offset), Number(size)];
  return { things: things.slice(from, from + count), more: things.length > from + count };
}

/** The example of a success, with the fields that the memory knows, in the order of the example. */
function toAnswer(example: object, template: Template, subject: Subject): object {
  const filled = fill(template, subject);
  const kept = Object.entries(example).filter(
    ([name]) => !Object.hasOwn(template, name) || Object.hasOwn(filled, name),
  );
  return { ...Object.fromEntries(kept), ...filled };
}

function fill(template: Template, { thing, page }: Subject): Record<string, unknown> {
  const entries = Object.entries(template).map(([name, part]) => {
    if (part === "more") return [name, page?.more];
    if (typeof part === "string") return [name, thing && attributeOf(thing, part)];
    if (!part.each) return [name, fill(part.fields, { thing, ...(page && { page }) })];
    const rows = thing ? related(thing, part.each) : (page?.things ?? []);
    // DingTalk leaves out the list of a thing that has nothing in it; a page has an empty list.
    return [name, rows.length > 0 || page ? rows.map((each) => fill(part.fields, { thing: each })) : undefined];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The things of a resource that a thing is, belongs to, lists or owns. */
function related(thing: Thing, resource: string): readonly Thing[] {
  if (thing.resource === resource) return [thing];
  const owner = thing.owners[resource];
  return owner ? [owner] : (thing.lists[resource] ?? [...(thing.owned.get(resource) ?? [])]);
}

function attributeOf(thing: Thing, attribute: Attribute): Id | undefined {
  const [resource, key] = attribute.split(".") as [string, "id" | "name"];
  return related(thing, resource)[0]?.[key];
}

function checkRefusals(refuses: Readonly<Record<string, object>>) {
  for (const [id, reasons] of Object.entries(refuses)) {
    const { memory, examples = {} } = operations[id] ?? {};
    if (!memory) throw new TypeError(`memory.refuses must have operations that use the memory, not ${id}`);
    for (const [reason, example] of Object.entries(reasons)) {
      const isReason =
        ["taken", "held", "closed"].includes(reason) || Object.hasOwn(resources, reason.replace("missing.", ""));
      if (!isReason)
        throw new TypeError(
          `memory.refuses.${id} must have the reasons taken, held, closed or missing.RESOURCE, not ${reason}`,
        );
      if (!Object.hasOwn(examples, example))
        throw new TypeError(
          `memory.refuses.${id}.${reason} must be one of ${Object.keys(examples).join(", ")}, not ${example}`,
        );
    }
  }
}

type Store = ReturnType<typeof createStore>;

function createStore(seed: number) {
  const ids = createIds(seed);
  const tables = new Map(Object.keys(resources).map((each) => [each, new Map<string, Thing>()]));
  const tableOf = (resource: string) => tables.get(resource) as Map<string, Thing>;
  const all = (resource: string) => [...tableOf(resource).values()];
  /** The resources of other APIs whose things the options list. */
  const listed = new Set<string>();

  /** Adds a thing, with a new id if it needs one. Returns the known thing instead if it has the same identity. */
  function add(resource: string, more: Partial<Thing>, firstId?: number): Thing {
    const isNew = kindOf(resource).id === "new";
    const id = more.id ?? (isNew ? ids.take(firstId) : undefined);
    const thing = toThing(resource, { ...more, id });
    const known = tableOf(resource).get(keyOf(thing));
    if (known) return known;
    tableOf(resource).set(keyOf(thing), thing);
    for (const owner of Object.values(thing.owners)) ownedOf(owner, resource).add(thing);
    return thing;
  }

  function remove(thing: Thing) {
    tableOf(thing.resource).delete(keyOf(thing));
    for (const owner of Object.values(thing.owners)) ownedOf(owner, thing.resource).delete(thing);
    for (const things of thing.owned.values()) things.forEach(remove);
  }

  return {
    ids,
    listed,
    all,
    add,
    remove,
    find(resource: string, id: Id): Thing | undefined {
      if (kindOf(resource).id !== "given" || listed.has(resource)) return tableOf(resource).get(String(id));
      const given = toGivenId(resource, id);
      return given === undefined ? undefined : toThing(resource, { id: given, name: String(id) });
    },
    /** Finds a thing that has no id. */
    findBetween: (resource: string, owners: Owners) => tableOf(resource).get(keyOf({ resource, owners })),
    /** The things with the same first owner. */
    beside(resource: string, owners: Owners): readonly Thing[] {
      const [first] = Object.values(owners);
      return first ? related(first, resource) : all(resource);
    },
  };
}

function toThing(resource: string, more: Partial<Thing>): Thing {
  const { owners = {} } = more;
  return { resource, isClosed: isInClosed(owners), owners, owned: new Map(), lists: {}, ...more };
}

function ownedOf({ owned }: Thing, resource: string): Set<Thing> {
  const things = owned.get(resource) ?? new Set();
  owned.set(resource, things);
  return things;
}

function keyOf({ resource, id, owners }: Pick<Thing, "resource" | "id" | "owners">): string {
  return String(id ?? JSON.stringify(kindOf(resource).of.map((each) => owners[each]?.id)));
}

const kindOf = (resource: string) => resources[resource] as (typeof resources)[string];
const pluralOf = (resource: string) => `${resource}s`;

/** The resources whose things are listed in those of `owner`, in a seed and in `organization()`. */
function within(owner: string | undefined): string[] {
  return Object.keys(resources).filter((each) => kindOf(each).of[0] === owner);
}

function plantAll(store: Store, resource: string, seeds: unknown, owners: Owners, at: string) {
  const place = `${at}.${pluralOf(resource)}`;
  toItems(seeds, place).forEach((each, index) => {
    plant(store, resource, each, owners, `${place}[${index}]`);
  });
}

/** Adds the thing of a seed. `at` is its place in the options. */
function plant(store: Store, resource: string, seed: unknown, owners: Owners, at: string) {
  const { id, of, has } = kindOf(resource);
  const others = of.filter((each) => !owners[each]);
  const inner = within(resource);
  const fields = toFields(seed, id === "given" ? "id" : (others[0] ?? "name"));
  checkNames(fields, [...(id ? ["id", "name", "isClosed"] : others), ...[...has, ...inner].map(pluralOf)], at);

  const find = (kind: string, value: unknown, place: string) => {
    const found = value === undefined ? undefined : store.find(kind, value as Id);
    if (!found) throw new TypeError(`${place} must be the id of a known ${kind}, not ${JSON.stringify(value)}`);
    return found;
  };
  const must = (field: string, isRight: boolean, rule: string) => {
    if (!isRight) throw new TypeError(`${at}.${field} must be ${rule}, not ${JSON.stringify(fields[field])}`);
  };
  const given = id === "given" ? toGivenId(resource, fields.id) : undefined;
  if (id === "given")
    must("id", given !== undefined, numericIds.has(`${resource}.id`) ? "a whole number" : "a string or a number");
  const name = fields.name ?? given?.toString();
  if (id) must("name", typeof name === "string" && name !== "", "a non-empty string");
  if (id === "new" && fields.id !== undefined)
    must("id", isId(fields.id) && store.ids.reserve(fields.id), "a positive safe integer that no other has");
  const lists = has
    .filter((each) => fields[pluralOf(each)] !== undefined)
    .map((each) => {
      const place = `${at}.${pluralOf(each)}`;
      return [each, toItems(fields[pluralOf(each)], place).map((value) => find(each, value, place))];
    });
  const thing = store.add(resource, {
    id: given ?? (fields.id as Id | undefined),
    owners: {
      ...owners,
      ...Object.fromEntries(others.map((each) => [each, find(each, fields[each], `${at}.${each}`)])),
    },
    lists: Object.fromEntries(lists),
    ...(id && { name: name as string }),
    ...(fields.isClosed === true && { isClosed: true }),
  });
  for (const each of inner) plantAll(store, each, fields[pluralOf(each)] ?? [], { [resource]: thing }, at);
}

/** The ids that are numbers in the API. */
const numericIds = new Set(
  Object.values(operations).flatMap(({ memory }) =>
    Object.values(memory?.input ?? {}).flatMap(({ attribute, isNumber }) => (isNumber ? attribute : [])),
  ),
);

/** The id that another API has given, with the type that it has in this API. A seed may have the other type: `1` or `"1"`. */
function toGivenId(resource: string, id: unknown): Id | undefined {
  if (id === "" || (typeof id !== "string" && typeof id !== "number")) return undefined;
  if (!numericIds.has(`${resource}.id`)) return String(id);
  return Number.isSafeInteger(Number(id)) ? Number(id) : undefined;
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** The fields of a seed. A text or a number alone is the field `short`. */
function toFields(seed: unknown, short: string): Record<string, unknown> {
  return typeof seed === "object" && seed !== null ? (seed as Record<string, unknown>) : { [short]: seed };
}

function toItems(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${at} must be an array, not ${JSON.stringify(value)}`);
  return value;
}

function checkNames(fields: object, known: string[], at: string) {
  for (const name of Object.keys(fields))
    if (!known.includes(name)) throw new TypeError(`unknown field ${name} in ${at}: expected ${known.join(", ")}`);
}

/** The inverse of `plant`. */
function describe(thing: Thing): object {
  const { resource, id, name, isClosed, owners, owned, lists } = thing;
  const idsOf = (things: readonly Thing[]) => things.map((each) => each.id);
  return {
    ...(id !== undefined && { id, name }),
    ...(isClosed && !isInClosed(owners) && { isClosed }),
    ...Object.fromEntries(
      Object.entries(owners)
        .slice(1)
        .map(([each, owner]) => [each, owner.id]),
    ),
    ...Object.fromEntries(Object.entries(lists).map(([each, things]) => [pluralOf(each), idsOf(things)])),
    ...Object.fromEntries(within(resource).map((each) => [pluralOf(each), [...(owned.get(each) ?? [])].map(describe)])),
  };
}
