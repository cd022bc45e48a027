import { expect, test } from "vitest";
import { createRecord, type RecordedRequest } from "./record.ts";

test("the record keeps fewer requests if they are large together", () => {
  const record = createRecord(10_000);
  const requests = Array.from({ length: 1000 }, (_, index) => ({ path: `/${index}` }) as RecordedRequest);
  for (const request of requests) record.add(request, 1_000_000);
  expect(record.requests.length).toBeGreaterThan(40);
  expect(record.requests).toEqual(requests.slice(-record.requests.length));
  expect(record.requests.length).toBeLessThanOrEqual(50);
  record.clear();
  for (const request of requests) record.add(request, 1000);
  expect(record.requests).toEqual(requests);
});
