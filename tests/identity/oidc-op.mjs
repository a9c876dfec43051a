// A real OpenID Connect provider on this machine, for the tests. Any name signs in and becomes
// `sub`: what stands before its first dot is the role (comune, anci, revisore), the rest the body.
//
//   node oidc-op.mjs PORT CALLBACK      (in a folder whose node_modules hold oidc-provider)

import { createRequire } from "module";
import path from "path";

const require = createRequire(path.join(process.cwd(), "x.js"));
const loaded = require("oidc-provider");
const Provider = loaded.default ?? loaded;
const [port, callback] = [Number(process.argv[2]), process.argv[3]];

const account = (id) => {
  const [ruolo, ...body] = id.split(".");
  return { sub: id, name: id, preferred_username: id, email: `${id}@prova.example`, ruolo, codice_ipa: body.join(".") };
};

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "quesito", client_secret: "solo-prova", redirect_uris: [callback],
      grant_types: ["authorization_code"], response_types: ["code"],
    },
    {
      client_id: "servizio", client_secret: "solo-prova", redirect_uris: [], response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client) => (client.clientId === "servizio" ? "urn:quesito:api" : undefined),
      getResourceServerInfo: (_ctx, resource) => ({
        scope: "casi", audience: resource, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  conformIdTokenClaims: process.argv[4] === "conform",
  pkce: { required: () => true },
  claims: {
    openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"], ente: ["ruolo", "codice_ipa"],
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => account(id) }),
});
provider.listen(port, "127.0.0.1", () => console.log(`issuer http://localhost:${port}`));
