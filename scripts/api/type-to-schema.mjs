import ts from 'typescript';

const INDEX_KINDS = ts.TypeFlags.Any | ts.TypeFlags.Unknown;
/** Types whose properties would be described deeper than this are left open. */
const DEEPEST = 12;

/**
 * What JSON.stringify makes of a TypeScript type, as an OpenAPI 3.0 schema. Types that refer to themselves, and those
 * that say nothing (`unknown`), are `{}`: anything.
 */
export class TypeSchemas {
  constructor(checker) {
    this.checker = checker;
  }

  /** The schema of a value of this type; null for nothing at all (void). */
  of(type) {
    if (type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never)) return null;
    return this.schema(type, []);
  }

  schema(type, stack) {
    if (type.flags & INDEX_KINDS || stack.includes(type) || stack.length > DEEPEST) return {};
    if (type.aliasSymbol?.name === 'Json') return {};
    if (type.flags & ts.TypeFlags.Null) return { nullable: true };
    if (type.isUnion()) return this.union(type, stack);
    if (type.isStringLiteral()) return { type: 'string', enum: [type.value] };
    if (type.isNumberLiteral()) return { type: 'number', enum: [type.value] };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { type: 'boolean', enum: [type.intrinsicName === 'true'] };
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (type.flags & ts.TypeFlags.BigIntLike) return { type: 'string', pattern: '^-?[0-9]+$' };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.StringLike))
      return { type: 'string' };
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.BigIntLike))
      return { type: 'string', pattern: '^-?[0-9]+$' };
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.NumberLike))
      return { type: 'number' };
    if (type.flags & ts.TypeFlags.TypeParameter) return this.schema(type.getConstraint() ?? type, [...stack, type]);
    return this.object(type, [...stack, type]);
  }

  /** `null` beside others is `nullable`; texts that are known one by one are an enum. */
  union(type, stack) {
    const parts = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    const nullable = parts.some((part) => part.flags & ts.TypeFlags.Null);
    const others = parts.filter((part) => !(part.flags & ts.TypeFlags.Null));
    const schemas = distinct(others.map((part) => this.schema(part, stack)));
    const merged = nullable ? { nullable: true } : {};
    if (schemas.length === 0) return { nullable: true };
    for (const kind of ['string', 'number', 'boolean']) {
      if (!schemas.every((schema) => schema.type === kind && schema.enum)) continue;
      const values = schemas.flatMap((schema) => schema.enum).toSorted();
      if (kind === 'boolean' && values.length === 2) return { type: 'boolean', ...merged };
      // An enum that may be null has to name it (OpenAPI 3.0.3, proposal 2019-10-31).
      return { type: kind, enum: nullable ? [...values, null] : values, ...merged };
    }
    if (schemas.length === 1) return { ...schemas[0], ...merged };
    return { anyOf: schemas.toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b))), ...merged };
  }

  object(type, stack) {
    const { checker } = this;
    const name = type.symbol?.name;
    if (name === 'Date') return { type: 'string', format: 'date-time' };
    if (name === 'Uint8Array' || name === 'Buffer') return { type: 'string', format: 'binary' };
    const toJson = type.getProperty('toJSON');
    if (toJson?.valueDeclaration) {
      const [signature] = checker.getTypeOfSymbolAtLocation(toJson, toJson.valueDeclaration).getCallSignatures();
      if (signature) return this.schema(signature.getReturnType(), stack);
    }
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const items = distinct(checker.getTypeArguments(type).map((item) => this.schema(item, stack)));
      return { type: 'array', items: items.length === 1 ? items[0] : items.length === 0 ? {} : { anyOf: items } };
    }
    const index = type.getStringIndexType();
    const properties = {};
    const required = [];
    for (const property of type.getProperties()) {
      const place = property.valueDeclaration ?? property.declarations?.[0];
      const of = place ? checker.getTypeOfSymbolAtLocation(property, place) : checker.getTypeOfSymbol(property);
      if (of.getCallSignatures().length > 0 || property.name.startsWith('__')) continue;
      const said = ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ').trim();
      properties[property.name] = { ...this.schema(of, stack), ...(said === '' ? {} : { description: said }) };
      const optional = property.flags & ts.SymbolFlags.Optional || mayBeUndefined(of);
      if (!optional) required.push(property.name);
    }
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required: required.toSorted(compare) } : {}),
      ...(index ? { additionalProperties: this.schema(index, stack) } : {}),
    };
  }
}

function mayBeUndefined(type) {
  return type.isUnion() && type.types.some((part) => part.flags & ts.TypeFlags.Undefined);
}

function distinct(schemas) {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
