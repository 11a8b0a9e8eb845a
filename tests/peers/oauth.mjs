// npm's oidc-provider, and before it a shim that makes forms of JSON: Vanta's token endpoint takes
// JSON, those of RFC 6749 take forms. What the provider answers is passed on as it is.
//   node oauth.mjs CERTIFICATE KEY SECRET-FILE    prints the port of the shim, and of the provider
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import Provider from "oidc-provider";

const [certificate, key, secretFile] = process.argv.slice(2);
const scope = "connectors.self:write-resource connectors.self:read-resource";
const client = (client_id, more) => ({
  client_id,
  client_secret: readFileSync(secretFile, "utf8").trim(),
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: "client_secret_post",
  scope,
  ...more,
});

const plain = createServer().listen(0, "127.0.0.1");
await new Promise((heard) => plain.on("listening", heard));
const issuer = `http://127.0.0.1:${plain.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    client("vci_peer", {}),
    client("vci_other", {
      grant_types: ["authorization_code"],
      response_types: ["code"],
      redirect_uris: ["https://localhost/"],
    }),
  ],
  scopes: [...scope.split(" "), "self:write-document"],
  ttl: { ClientCredentials: 1234 },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
  },
});
plain.on("request", provider.callback());

async function whole(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function passOn(request, answer) {
  const told = await fetch(issuer + request.url.replace("/oauth/", "/"), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(JSON.parse(await whole(request))),
  });
  const headers = Object.fromEntries(told.headers);
  delete headers["content-length"];
  delete headers["transfer-encoding"];
  delete headers.connection;
  answer.writeHead(told.status, headers).end(await told.text());
}

const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
const shim = createSecureServer(tls, (request, answer) => {
  passOn(request, answer).catch((error) => answer.writeHead(502).end(String(error)));
});
shim.listen(0, "127.0.0.1", () => console.log(`${shim.address().port} ${plain.address().port}`));
