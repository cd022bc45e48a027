import {
  type AddRoleGroupInput,
  type AddRoleGroupResult,
  ApiError,
  BlockedError,
  type Client,
  createClient,
  type DingTalkError,
  HttpError,
  InputError,
  NetworkError,
  type OperationId,
  type Outcome,
  ResponseError,
} from "@dingrole/client";
import type { operations } from "@dingrole/types";
import { expectTypeOf } from "vitest";

const client = createClient({ accessToken: "a" });

expectTypeOf(client.addRoleGroup).parameter(0).toEqualTypeOf<{ name: string }>();
expectTypeOf(client.addRoleGroup).returns.resolves.toEqualTypeOf<{ groupId: number }>();
expectTypeOf<AddRoleGroupInput>().toEqualTypeOf<{ name: string }>();
expectTypeOf<AddRoleGroupResult>().toEqualTypeOf<{ groupId: number }>();

// @ts-expect-error the input is required
client.addRoleGroup();
// @ts-expect-error name is required
client.addRoleGroup({});
// @ts-expect-error name is a string
client.addRoleGroup({ name: 1 });
// @ts-expect-error there is no field roleName
client.addRoleGroup({ name: "a", roleName: "b" });
// @ts-expect-error the token is the client's affair
client.addRoleGroup({ name: "a", access_token: "b" });

// @ts-expect-error accessToken is required
createClient({});
// @ts-expect-error there is no option baseURL
createClient({ accessToken: "a", baseURL: "https://example.com" });
createClient({ accessToken: () => "a" });
createClient({ accessToken: async () => "a", baseUrl: "https://oapi.dingtalk.com", fetch });

// What the client's generator writes for each operation is what openapi-typescript reads in the same description.
type Simplify<Type> = { [Key in keyof Type]: Type[Key] };
type Query<Op> = Op extends { parameters: { query: infer Fields } } ? Fields : unknown;
type Form<Op> = Op extends { requestBody: { content: { "application/x-www-form-urlencoded": infer Fields } } }
  ? Fields
  : unknown;
type Answer<Op> = Op extends { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;
type SpecInput<Op> = Simplify<Query<Op> & Form<Op>>;
type SpecResult<Op> = Simplify<Omit<Extract<Answer<Op>, { errcode: 0 }>, "errcode" | "errmsg">>;

type ClientInputs = { [Id in OperationId]: Simplify<Parameters<Client[Id]>[0]> };
type ClientResults = { [Id in OperationId]: Simplify<Awaited<ReturnType<Client[Id]>>> };
expectTypeOf<OperationId>().toEqualTypeOf<keyof operations>();
expectTypeOf<ClientInputs>().toEqualTypeOf<{ [Id in OperationId]: SpecInput<operations[Id]> }>();
expectTypeOf<ClientResults>().toEqualTypeOf<{ [Id in OperationId]: SpecResult<operations[Id]> }>();

const error = {} as InputError | ApiError | ResponseError | HttpError | BlockedError | NetworkError;
expectTypeOf(error).toExtend<DingTalkError>();
expectTypeOf(error.outcome).toEqualTypeOf<Outcome>();
expectTypeOf(error.operation).toEqualTypeOf<OperationId>();
if (error.name === "ApiError") {
  expectTypeOf(error.errcode).toEqualTypeOf<number>();
  expectTypeOf(error.requestId).toEqualTypeOf<string | undefined>();
}
if (error instanceof HttpError) expectTypeOf(error.status).toEqualTypeOf<number>();
// @ts-expect-error a code is of the answer: other failures have none
error.errcode;

expectTypeOf(ApiError).instance.toHaveProperty("errmsg");
expectTypeOf(InputError).instance.toExtend<DingTalkError>();
expectTypeOf(ResponseError).instance.toExtend<DingTalkError>();
expectTypeOf(BlockedError).instance.toExtend<DingTalkError>();
expectTypeOf(NetworkError).instance.toExtend<DingTalkError>();
expectTypeOf<DingTalkError>().toExtend<Error>();
