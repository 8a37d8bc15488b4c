// A token of a demo user (python -m local token) goes behind "Authorize"; it is gone with the page.
SwaggerUIBundle({ url: "/contract/openapi.json", dom_id: "#viewer", validatorUrl: null });
