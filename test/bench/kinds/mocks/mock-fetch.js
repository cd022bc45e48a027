import { createMock } from "@dingrole/mock";
import { callBy } from "./call.js";

export const create = () => callBy(createMock().then(({ fetch }) => ({ fetch, origin: "http://mock" })));
