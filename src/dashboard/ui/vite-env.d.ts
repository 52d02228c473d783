declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  // CSS modules are one object each.
  export default classes;
}
