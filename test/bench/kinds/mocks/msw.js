import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { callBy } from "./call.js";

// Does less than the others: it validates nothing.
const answer = () => HttpResponse.json({ errcode: 0, groupId: 1560985325, errmsg: "ok" });

export function create() {
  setupServer(http.post("http://mock/role/add_role_group", answer)).listen();
  return callBy({ fetch, origin: "http://mock" });
}
