import ts from 'typescript';

/**
 * Which named failures (classes below DomainError) a function can make, found in what it calls: methods of ports count
 * as all their implementations. What is called through values that the compiler cannot follow is not seen.
 */
export class ReachableErrors {
  constructor(program, isOurs) {
    this.program = program;
    this.checker = program.getTypeChecker();
    this.isOurs = isOurs;
    this.heirs = new Map();
    this.found = new Map();
    for (const file of program.getSourceFiles()) if (isOurs(file)) this.readHeirs(file);
  }

  /** Symbols of error classes, by the node of a function or class member. */
  of(start) {
    const errors = new Set();
    const seen = new Set([start]);
    const waiting = [start];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      const { errors: here, calls } = this.read(node);
      for (const error of here) errors.add(error);
      for (const next of calls) {
        if (seen.has(next)) continue;
        seen.add(next);
        waiting.push(next);
      }
    }
    return errors;
  }

  /** What stands in this function itself; read once. */
  read(node) {
    const known = this.found.get(node);
    if (known) return known;
    const result = { errors: new Set(), calls: new Set() };
    this.found.set(node, result);
    const visit = (child) => {
      if (ts.isTypeNode(child) || ts.isDecorator(child)) return;
      if (ts.isNewExpression(child)) this.made(child, result);
      if (ts.isIdentifier(child)) this.named(child, result);
      ts.forEachChild(child, visit);
    };
    ts.forEachChild(node, visit);
    return result;
  }

  made({ expression }, result) {
    const symbol = this.symbolAt(expression);
    if (!symbol) return;
    if (this.isError(symbol)) result.errors.add(symbol);
    for (const declaration of symbol.declarations ?? [])
      if (ts.isClassDeclaration(declaration) && this.isOurs(declaration.getSourceFile()))
        for (const member of declaration.members) if (ts.isConstructorDeclaration(member)) result.calls.add(member);
  }

  named(identifier, result) {
    const symbol = this.symbolAt(identifier);
    for (const declaration of symbol?.declarations ?? []) {
      if (!this.isOurs(declaration.getSourceFile())) continue;
      if (ts.isFunctionDeclaration(declaration) || ts.isGetAccessor(declaration) || isFilledProperty(declaration))
        result.calls.add(declaration);
      else if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) {
        if (declaration.body) result.calls.add(declaration);
        // What a class keeps to call later, it is given when it is made.
        for (const member of declaration.parent.members ?? [])
          if (ts.isConstructorDeclaration(member)) result.calls.add(member);
        for (const heir of this.overrides(declaration)) result.calls.add(heir);
      } else if (
        ts.isVariableDeclaration(declaration) &&
        declaration.initializer &&
        (ts.isArrowFunction(declaration.initializer) || ts.isCallExpression(declaration.initializer)) &&
        ts.isSourceFile(declaration.parent.parent.parent)
      )
        result.calls.add(declaration.initializer);
    }
  }

  /** The methods of this name in all classes below the one that declares it. */
  overrides(method) {
    const name = method.name.getText();
    const owner = this.checker.getSymbolAtLocation(method.parent.name ?? method.parent);
    const found = [];
    const classes = [...(this.heirs.get(owner) ?? [])];
    for (let heir = classes.pop(); heir; heir = classes.pop()) {
      for (const member of heir.members)
        if (ts.isMethodDeclaration(member) && member.body && member.name.getText() === name) found.push(member);
      classes.push(...(this.heirs.get(this.checker.getSymbolAtLocation(heir.name)) ?? []));
    }
    return found;
  }

  isError(symbol) {
    for (let type = this.checker.getDeclaredTypeOfSymbol(symbol); type; type = type.getBaseTypes?.()?.[0])
      if (type.symbol?.name === 'DomainError') return true;
    return false;
  }

  symbolAt(node) {
    const symbol = this.checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  readHeirs(file) {
    const visit = (node) => {
      if (ts.isClassDeclaration(node) && node.name)
        for (const { types } of node.heritageClauses ?? [])
          for (const { expression } of types) {
            const base = this.symbolAt(expression);
            if (base) this.heirs.set(base, [...(this.heirs.get(base) ?? []), node]);
          }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
}

function isFilledProperty(declaration) {
  return ts.isPropertyDeclaration(declaration) && declaration.initializer !== undefined;
}
