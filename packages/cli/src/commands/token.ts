/** `dingrole token`: checks the app's key and secret, and says how long its token is valid. */
import { createClient } from "@dingrole/client/node";
import { type ConnectionFlags, readCredentials, readEnvironment, readPlace, variables } from "../connection.ts";
import { type ExitCode, exitCodes, RefusedError } from "../outcome.ts";
import { createOutput, formatTime, type OutputFlags, paint } from "../output.ts";

export interface TokenFlags extends ConnectionFlags, OutputFlags {
  show?: boolean;
}

export async function token(flags: TokenFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const environment = readEnvironment(flags);
  const place = readPlace(flags, environment);
  const credentials = await readCredentials(environment);
  if (credentials.appKey === undefined)
    throw new RefusedError(
      `${variables.appKey} and ${variables.appSecret} are required, not ${variables.accessToken}: dingrole doctor checks an access token`,
    );
  const { appKey: appkey, appSecret: appsecret } = credentials;
  const { access_token, expires_in } = await createClient({ ...place, ...credentials }).getToken({ appkey, appsecret });
  const expiresAt = new Date(Date.now() + expires_in * 1000);
  output.note(
    `${paint("green", "✓")} The app key and secret are right. The token is valid for ${formatTime(expires_in * 1000)}, until ${expiresAt.toTimeString().slice(0, 8)}.`,
  );
  const shown = flags.show ? { access_token } : {};
  if (flags.show || flags.json) output.result(access_token, { expires_in, expiresAt, ...shown });
  return exitCodes.done;
}
