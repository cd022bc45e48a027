import axios from "axios";
import axiosRetry from "axios-retry";
import { check } from "./check.js";

/** axios-retry with its default condition: a POST is sent again after a network error, not after a 5xx or a timeout. */
export function create(baseURL, { timeout }) {
  const api = axios.create({ baseURL, timeout });
  axiosRetry(api, { retries: 3, shouldResetTimeout: true });
  return async (name) => {
    const params = { access_token: "token" };
    const { data } = await api.post("/role/add_role_group", new URLSearchParams({ name }), { params });
    check(data);
  };
}
