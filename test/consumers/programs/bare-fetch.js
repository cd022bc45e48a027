// A create with bare fetch, without the client.
export const createClient = ({ accessToken, baseUrl }) => ({
  async addRoleGroup(input) {
    const url = `${baseUrl}/role/add_role_group?access_token=${accessToken}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(url, { method: "POST", headers, body: String(new URLSearchParams(input)) });
    return answer.json();
  },
});
