/**
 * Uses the conditions of the environment jsdom: `browser`, and not `node`.
 * @jest-environment-options {"customExportConditions": ["browser"]}
 */
require("./create.test.js");
