import { addRoleGroup } from "../.generated/orval.ts";
import { configure } from "./orval-fetch.js";

export function create(origin) {
  configure(origin, "token");
  return async () => {
    const { data } = await addRoleGroup({ name: "制造部" });
    return data;
  };
}
