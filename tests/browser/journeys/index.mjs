// What people come for, with their clicks counted; each ends by reading the result through
// the API.
export * from "./reporting.mjs";
export * from "./asking.mjs";
export * from "./reading.mjs";
