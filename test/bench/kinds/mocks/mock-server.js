import { startMock } from "@dingrole/mock";
import { callBy } from "./call.js";

export const create = () => callBy(startMock().then(({ url }) => ({ fetch, origin: url })));
