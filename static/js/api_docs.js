// Swagger UI for /api/v1/docs/: as whoever is signed in, or with a token that is entered under Authorize.
"use strict";

const page = document.getElementById("api");
const { schema, token } = page.dataset;

window.SwaggerUIBundle({
  url: schema,
  domNode: page,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (request.method && request.method !== "GET") {
      request.headers["X-CSRFToken"] = token;
      request.headers["Idempotency-Key"] ||= crypto.randomUUID();
    }
    return request;
  },
});
