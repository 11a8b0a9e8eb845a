// Runs npm's oidc-provider behind a proxy that converts JSON requests to forms: Vanta's token endpoint
// takes JSON, those of RFC 6749 take forms. The provider's response is forwarded unchanged.
//   node oauth.mjs CERTIFICATE KEY SECRET-FILE    prints the ports of the proxy and of the provider
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
await new Promise((resolve) => plain.on("listening", resolve));
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

async function readContent(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function forward(request, response) {
  const upstream = await fetch(issuer + request.url.replace("/oauth/", "/"), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(JSON.parse(await readContent(request))),
  });
  const headers = Object.fromEntries(upstream.headers);
  delete headers["content-length"];
  delete headers["transfer-encoding"];
  delete headers.connection;
  response.writeHead(upstream.status, headers).end(await upstream.text());
}

const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
const proxy = createSecureServer(tls, (request, response) => {
  forward(request, response).catch((error) => response.writeHead(502).end(String(error)));
});
proxy.listen(0, "127.0.0.1", () => console.log(`${proxy.address().port} ${plain.address().port}`));
