const { ApiError, createClient } = require("@dingrole/client");

const baseUrl = process.env.DINGTALK_BASE_URL;

test("a role group is created", async () => {
  const client = createClient({ accessToken: "6d1bxxxx", baseUrl });
  expect(await client.addRoleGroup({ name: "制造部" })).toEqual({ groupId: expect.any(Number) });
});

test("a missing permission is an ApiError", async () => {
  const client = createClient({ accessToken: "6d1bxxxx", baseUrl: `${baseUrl}/@noPermission` });
  await expect(client.addRoleGroup({ name: "制造部" })).rejects.toBeInstanceOf(ApiError);
});
