namespace Map.Rpc;

/// <summary>What a method needs and what a caller may do. Each scope includes those before it.</summary>
public enum AccessScope
{
    /// <summary>Nobody decided. A method that needs this cannot be registered, a token cannot have it.</summary>
    Undeclared = 0,

    /// <summary>No identity is needed. The endpoint's own checks (Host, Origin) still apply.</summary>
    Anonymous = 1,

    /// <summary>Reading.</summary>
    Read = 2,

    /// <summary>Reading and changing.</summary>
    Write = 3,

    /// <summary>Everything, also running the daemon.</summary>
    Admin = 4,
}
