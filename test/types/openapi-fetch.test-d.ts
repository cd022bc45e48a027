import {
  type Client,
  type ClientOptions,
  createClient,
  type Middleware,
  type RequestOptions,
} from "@dingrole/client/openapi-fetch";
import type { components, paths } from "@dingrole/types";
import type { Middleware as FetchMiddleware } from "openapi-fetch";
import { expectTypeOf } from "vitest";

const client = createClient({ accessToken: "a" });
const path = "/role/add_role_group";

// The success answer, without a cast or a check for undefined.
const created = await client.POST(path, { body: { name: "a" } });
expectTypeOf(created.data).toEqualTypeOf<components["schemas"]["CreatedRoleGroup"]>();
expectTypeOf(created.data.groupId).toEqualTypeOf<number>();
expectTypeOf(created.response).toEqualTypeOf<Response>();
expectTypeOf(created.error).toEqualTypeOf<undefined>();
const issued = await client.GET("/gettoken", { params: { query: { appkey: "a", appsecret: "b" } } });
expectTypeOf(issued.data).toEqualTypeOf<components["schemas"]["IssuedToken"]>();
expectTypeOf(await client.request("post", path, { body: { name: "a" } })).toEqualTypeOf(created);

// @ts-expect-error the body is required
client.POST(path);
// @ts-expect-error the body is required
client.POST(path, {});
// @ts-expect-error name is required
client.POST(path, { body: {} });
// @ts-expect-error name is a string
client.POST(path, { body: { name: 1 } });
// @ts-expect-error roleName is an unknown field
client.POST(path, { body: { name: "a", roleName: "b" } });
// @ts-expect-error the client adds the token
client.POST(path, { body: { name: "a" }, params: { query: { access_token: "b" } } });
// @ts-expect-error the client adds the token
client.POST(path, { body: { name: "a", access_token: "b" } });
// @ts-expect-error name is not in the query
client.POST(path, { params: { query: { name: "a" } } });
// @ts-expect-error the query is required
client.GET("/gettoken");
// @ts-expect-error appsecret is required
client.GET("/gettoken", { params: { query: { appkey: "a" } } });
// @ts-expect-error the token is an unknown field
client.GET("/gettoken", { params: { query: { appkey: "a", appsecret: "b", access_token: "c" } } });
// @ts-expect-error the operation has no body
client.GET("/gettoken", { params: { query: { appkey: "a", appsecret: "b" } }, body: { name: "a" } });
// @ts-expect-error the path is unknown
client.POST("/role/other", { body: { name: "a" } });
// @ts-expect-error the path has another method
client.GET(path);
// @ts-expect-error no operation has this method
client.PUT(path, { body: { name: "a" } });
// @ts-expect-error the path has another method
client.request("get", path);
// @ts-expect-error every answer is read as JSON
client.POST(path, { body: { name: "a" }, parseAs: "stream" });
// @ts-expect-error the client encodes the form
client.POST(path, { body: { name: "a" }, bodySerializer: String });
// @ts-expect-error other is an unknown option
client.POST(path, { body: { name: "a" }, other: 1 });

const scope = "/topapi/role/scope/update";
client.POST(scope, { body: { userid: "a", role_id: 1, dept_ids: [1] } });
client.POST(scope, { body: { userid: "a", role_id: 1, dept_ids: "all" } });
// @ts-expect-error without departments a member manages all of them, so the caller must say it
client.POST(scope, { body: { userid: "a", role_id: 1 } });
// @ts-expect-error a list is not a text with commas
client.POST(scope, { body: { userid: "a", role_id: 1, dept_ids: "1,2" } });
// Every field of the body has a default.
const listed = await client.POST("/topapi/role/list");
expectTypeOf(listed.data.result.list?.[0]?.roles?.[0]?.id).toEqualTypeOf<number | undefined>();

const requestOptions: RequestOptions = {
  signal: AbortSignal.timeout(1),
  timeout: false,
  deadline: 1,
  headers: { a: 1, b: null },
};
client.POST(path, { body: { name: "a" }, ...requestOptions });

// @ts-expect-error accessToken is required
createClient({});
// @ts-expect-error the client encodes the query
createClient({ accessToken: "a", querySerializer: String });
// @ts-expect-error a list of pairs is not supported by openapi-fetch
createClient({ accessToken: "a", headers: [["a", "b"]] });
createClient({ accessToken: "a", headers: new Headers(), fetch: async (request) => new Response(request.url) });
const options: ClientOptions = { appKey: "a", appSecret: "b", tokenStore: new Map(), region: "china", fetch };
createClient(options);

// A middleware for openapi-fetch is one for this client, too, and vice versa.
expectTypeOf<FetchMiddleware>().toExtend<Middleware>();
expectTypeOf<Required<Middleware>>().toExtend<FetchMiddleware>();
client.use({ onRequest: ({ request }) => request.headers.set("a", "b") });

// Each path of the description has a function.
expectTypeOf<Parameters<Client["GET" | "POST"]>[0]>().toEqualTypeOf<keyof paths>();
