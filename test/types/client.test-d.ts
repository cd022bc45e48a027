import {
  type AbortError,
  type AddRoleGroupInput,
  type AddRoleGroupResult,
  type ApiError,
  BlockedError,
  type CallOptions,
  type Category,
  type Client,
  type ClientEvent,
  createClient,
  type DingTalkError,
  type Errcode,
  HttpError,
  type InputError,
  type KnownErrcode,
  type NetworkError,
  type OperationId,
  type Outcome,
  type ResponseError,
  type TimeoutError,
  type TokenError,
} from "@dingrole/client";
import type { operations } from "@dingrole/types";
import { expectTypeOf } from "vitest";

const client = createClient({ accessToken: "a" });

expectTypeOf(client.addRoleGroup({ name: "a" })).resolves.toEqualTypeOf<{ groupId: number }>();
expectTypeOf(
  client.addRoleGroup({ name: "a" }, { signal: AbortSignal.timeout(1), timeout: false, deadline: 1 }),
).resolves.toEqualTypeOf<{
  groupId: number;
}>();
expectTypeOf(client.addRoleGroup({ name: "a" }, { withResponse: true })).resolves.toEqualTypeOf<{
  result: AddRoleGroupResult;
  status: number;
  headers: Headers;
  requestId?: string;
}>();
declare const callOptions: CallOptions;
expectTypeOf(client.addRoleGroup({ name: "a" }, callOptions)).resolves.toEqualTypeOf<{ groupId: number }>();
// @ts-expect-error withResponse is a literal: it decides the type of the result
client.addRoleGroup({ name: "a" }, { withResponse: Math.random() > 0.5 });
expectTypeOf(client.addRoleGroup).parameter(0).toEqualTypeOf<{ name: string }>();
expectTypeOf<AddRoleGroupInput>().toEqualTypeOf<{ name: string }>();
expectTypeOf<AddRoleGroupResult>().toEqualTypeOf<{ groupId: number }>();

// @ts-expect-error the input is required
client.addRoleGroup();
// @ts-expect-error name is required
client.addRoleGroup({});
// @ts-expect-error name is a string
client.addRoleGroup({ name: 1 });
// @ts-expect-error roleName is an unknown field
client.addRoleGroup({ name: "a", roleName: "b" });
// @ts-expect-error the client adds the token
client.addRoleGroup({ name: "a", access_token: "b" });

expectTypeOf(client.addRolesForMembers).parameter(0).toEqualTypeOf<{ roleIds: number[]; userIds: string[] }>();
// @ts-expect-error a list is not a text with commas
client.addRolesForMembers({ roleIds: "1,2", userIds: ["a"] });
// @ts-expect-error an id of a role is a number
client.addRolesForMembers({ roleIds: ["1"], userIds: ["a"] });
client.updateRoleScope({ userid: "a", role_id: 1, dept_ids: "all" });
// @ts-expect-error without departments a member manages all of them, so the caller must say it
client.updateRoleScope({ userid: "a", role_id: 1 });
// @ts-expect-error the word is all
client.updateRoleScope({ userid: "a", role_id: 1, dept_ids: "none" });

const { result: page } = await client.listRoles();
expectTypeOf(page.list?.[0]?.roles?.[0]?.id).toEqualTypeOf<number | undefined>();
// @ts-expect-error a role group without roles can lack the list
page.list?.[0]?.roles.length;
const { result: members, requestId } = await client.listRoleMembers({ role_id: 1 }, { withResponse: true });
expectTypeOf(members.result.hasMore).toEqualTypeOf<boolean>();
expectTypeOf(requestId).toEqualTypeOf<string | undefined>();
// @ts-expect-error the request_id is not a part of the result
members.request_id;

// @ts-expect-error accessToken is required
createClient({});
declare const variable: string | undefined;
// @ts-expect-error a token may not be undefined
createClient({ accessToken: variable });
// @ts-expect-error a secret may not be undefined
createClient({ appKey: "a", appSecret: variable });
// @ts-expect-error baseURL is an unknown option
createClient({ accessToken: "a", baseURL: "https://example.com" });
// @ts-expect-error an app has a key and a secret
createClient({ appKey: "a" });
// @ts-expect-error a token and an app cannot be combined
createClient({ accessToken: "a", appKey: "a", appSecret: "b" });
// @ts-expect-error a store is for an app's token
createClient({ accessToken: "a", tokenStore: new Map() });
// @ts-expect-error moon is an unknown region
createClient({ accessToken: "a", region: "moon" });
createClient({ appKey: "a", appSecret: "b", tokenStore: new Map(), region: "china" });
createClient({ accessToken: () => "a" });
createClient({ accessToken: "a", appKey: undefined, region: undefined, timeout: undefined, onEvent: undefined });
createClient({ accessToken: async () => "a", baseUrl: "https://oapi.dingtalk.com", fetch });

// The client's generator and openapi-typescript must read the same types in the description.
type Simplify<Type> = { [Key in keyof Type]: Type[Key] };
type Query<Op> = Op extends { parameters: { query?: infer Fields } } ? NonNullable<Fields> : unknown;
type Form<Op> = Op extends { requestBody?: { content: { "application/x-www-form-urlencoded": infer Fields } } }
  ? Fields
  : unknown;
type Given<Fields> = [Fields] extends [never] ? unknown : Fields;
type Answer<Op> = Op extends { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;
type Fields<Op> = Given<Query<Op>> & Given<Form<Op>>;
type SpecInput<Op> = keyof Fields<Op> extends never ? Record<string, never> : Simplify<Fields<Op>>;
type Success<Op> = Extract<Answer<Op>, { errcode: 0 | "0" }>;
type SpecResult<Op> = Simplify<Omit<Success<Op>, "errcode" | "errmsg" | "request_id">>;

type OptionalKey<Type> = { [Key in keyof Type]-?: object extends Pick<Type, Key> ? Key : never }[keyof Type];
/** The fields that the client requires, although a call may omit them: a word says that the field is omitted (`x-omitted`). */
type WordKey<Own, Spec> = Exclude<keyof Own & OptionalKey<Spec>, OptionalKey<Own>>;
type WithoutWords<Own, Spec> = Simplify<
  Omit<Own, WordKey<Own, Spec>> & { [Key in WordKey<Own, Spec>]?: Exclude<Own[Key], string> }
>;
type ClientInput<Id extends OperationId> = NonNullable<Parameters<Client[Id]>[0]>;
type ClientInputs = { [Id in OperationId]: WithoutWords<ClientInput<Id>, SpecInput<operations[Id]>> };
type ClientResults = { [Id in OperationId]: Simplify<Awaited<ReturnType<Client[Id]>>> };
expectTypeOf<OperationId>().toEqualTypeOf<keyof operations>();
expectTypeOf<ClientInputs>().toEqualTypeOf<{ [Id in OperationId]: SpecInput<operations[Id]> }>();
expectTypeOf<ClientResults>().toEqualTypeOf<{ [Id in OperationId]: SpecResult<operations[Id]> }>();

const error = {} as
  | InputError
  | TokenError
  | ApiError
  | ResponseError
  | HttpError
  | BlockedError
  | TimeoutError
  | AbortError
  | NetworkError;
expectTypeOf(error).toExtend<DingTalkError>();
expectTypeOf<DingTalkError>().toExtend<Error>();
expectTypeOf(error.outcome).toEqualTypeOf<Outcome>();
expectTypeOf(error.operation).toEqualTypeOf<OperationId>();
if (error.name === "ApiError") {
  expectTypeOf(error).toEqualTypeOf<ApiError>();
  expectTypeOf(error.errcode).toEqualTypeOf<Errcode>();
  expectTypeOf(error.requestId).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.category).toEqualTypeOf<Category>();
  if (error.errcode === 60011 || error.errcode === 99999) expectTypeOf(error.errcode).toExtend<number>();
}
if (error instanceof HttpError) expectTypeOf(error.status).toEqualTypeOf<number>();
if (error instanceof BlockedError) expectTypeOf(error.until).toEqualTypeOf<number>();
if (error.name === "TimeoutError") expectTypeOf(error.limit).toEqualTypeOf<"timeout" | "deadline">();
// @ts-expect-error only an ApiError has a code
error.errcode;

// An editor suggests the known codes, but any number is a code.
expectTypeOf<60011>().toExtend<KnownErrcode>();
expectTypeOf<12345>().not.toExtend<KnownErrcode>();
expectTypeOf<12345>().toExtend<Errcode>();
// @ts-expect-error a code is a number
const _code: Errcode = "60011";

const event = {} as ClientEvent;
if (event.type === "retry") expectTypeOf(event.wait).toEqualTypeOf<number>();
// @ts-expect-error only the events attempt and retry have a number
event.attempt;
