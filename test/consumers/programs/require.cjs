// Requires the packages from CommonJS, on every Node that can require ES modules.
const { createClient, DingTalkError } = require("@dingrole/client");
const { errorCodes } = require("@dingrole/client/error-codes");

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
  baseUrl: process.env.DINGTALK_BASE_URL,
});
client.addRoleGroup({ name: process.argv[2] ?? "" }).then(
  ({ groupId }) => console.log(groupId, errorCodes.get(0).meaning),
  (error) => console.log(error instanceof DingTalkError, error.name),
);
