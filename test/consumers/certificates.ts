/** Makes certificates for the tests' servers: Node can sign, but it cannot write X.509. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
}

/** Makes an authority with this name, and its certificate for `localhost` and 127.0.0.1. */
export function createCertificates(name: string): { authority: Certificate; server: Certificate } {
  const [authority, server] = [createKeys(), createKeys()];
  const [issuer, subject] = [nameOf(name), nameOf("localhost")];
  const names = sequence(context(2, Buffer.from("localhost")), context(7, Buffer.from([127, 0, 0, 1])));
  const isAuthority = sequence(tagged(0x01, Buffer.from([0xff])));
  return {
    authority: issue(issuer, authority, issuer, authority, extension("2.5.29.19", isAuthority)),
    server: issue(subject, server, issuer, authority, extension("2.5.29.17", names)),
  };
}

type Keys = { publicKey: KeyObject; privateKey: KeyObject };
const createKeys = (): Keys => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** As in RFC 5280, section 4.1. */
function issue(subject: Buffer, { publicKey, privateKey }: Keys, issuer: Buffer, issuerKeys: Keys, extra: Buffer) {
  const algorithm = sequence(objectId("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))), // version 3
    tagged(0x02, serial),
    algorithm,
    issuer,
    sequence(tagged(0x17, Buffer.from("200101000000Z")), tagged(0x17, Buffer.from("491231235959Z"))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(extra)),
  );
  const signature = tagged(0x03, Buffer.from([0]), sign("sha256", content, issuerKeys.privateKey));
  const base64 = sequence(content, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

// DER, the distinguished encoding rules of ASN.1.

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const { length } = Buffer.concat(parts);
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), ...parts]);
}

const sequence = (...parts: Buffer[]) => tagged(0x30, ...parts);
const context = (tag: number, value: Buffer) => tagged(0x80 + tag, value);
const extension = (id: string, value: Buffer) => sequence(objectId(id), tagged(0x04, value));
const nameOf = (name: string) => sequence(tagged(0x31, sequence(objectId("2.5.4.3"), tagged(0x0c, Buffer.from(name)))));

function objectId(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inBase128)]));
}

function inBase128(value: number): number[] {
  const digits = [value & 127];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
  return digits;
}
