/** The function that orval's docs ask the user to write, because orval supports neither hosts nor tokens. */
let base;
let accessToken;

export function configure(origin, token) {
  base = origin;
  accessToken = token;
}

export async function send(url, options) {
  const response = await fetch(`${base}${url}?access_token=${encodeURIComponent(accessToken)}`, options);
  return { data: await response.json(), status: response.status, headers: response.headers };
}
