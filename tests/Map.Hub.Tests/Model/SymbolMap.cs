using Google.Protobuf;
using Google.Protobuf.Reflection;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>Puts the ids and page tokens of one hub in the place of symbols, and symbols in theirs.</summary>
internal sealed class SymbolMap
{
    private static readonly Dictionary<MessageDescriptor, FieldDescriptor[]> MessageFields = [];

    private readonly Dictionary<ByteString, ByteString> _toHub = [];
    private readonly Dictionary<ByteString, ByteString> _toModel = [];

    /// <summary>A symbol stands for an id of the hub from now on. One that was told before keeps its symbol.</summary>
    public void Bind(int symbol, ByteString id)
    {
        if (_toModel.TryAdd(id, Symbols.ToBytes(symbol))) _toHub[Symbols.ToBytes(symbol)] = id;
    }

    /// <summary>A symbol stands for a page token, also for one that was given before.</summary>
    public void BindToken(int symbol, ByteString token) =>
        (_toModel[token], _toHub[Symbols.ToBytes(symbol)]) = (Symbols.ToBytes(symbol), token);

    /// <summary>A message with the hub's ids. What has none stays, so that the hub knows it as little as the model.</summary>
    public T ToHub<T>(T message)
        where T : IMessage<T> => Replaced(message.Clone(), _toHub);

    public T ToModel<T>(T message)
        where T : IMessage<T> => Replaced(message.Clone(), _toModel);

    private static T Replaced<T>(T message, Dictionary<ByteString, ByteString> by)
        where T : IMessage
    {
        Replace(message, by);
        return message;
    }

    private static void Replace(IMessage message, Dictionary<ByteString, ByteString> by)
    {
        switch (message)
        {
            case TransactionId id:
                (id.SpaceId, id.LocalId) = (Of(id.SpaceId), Of(id.LocalId));
                break;
            case HolonId id:
                (id.SpaceId, id.LocalId) = (Of(id.SpaceId), Of(id.LocalId));
                break;
            case StagedRef staged:
                staged.LocalId = Of(staged.LocalId);
                break;
            case TransientRef transient:
                transient.LocalId = Of(transient.LocalId);
                break;
            case PageRequest page:
                page.Token = Of(page.Token);
                break;
            default:
                if (message is HolonPage answer) answer.NextToken = Of(answer.NextToken);
                foreach (var field in FieldsOf(message.Descriptor)) ReplaceIn(message, field, by);
                break;
        }

        ByteString Of(ByteString bytes) => by.GetValueOrDefault(bytes, bytes);
    }

    private static void ReplaceIn(IMessage message, FieldDescriptor field, Dictionary<ByteString, ByteString> by)
    {
        var value = field.Accessor.GetValue(message);
        if (value is IMessage one) Replace(one, by);
        else if (value is System.Collections.IList many)
            foreach (IMessage each in many) Replace(each, by);
    }

    private static FieldDescriptor[] FieldsOf(MessageDescriptor descriptor)
    {
        lock (MessageFields)
        {
            if (!MessageFields.TryGetValue(descriptor, out var fields))
            {
                fields = MessageFields[descriptor] =
                    [.. descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.Message && Holds(field.MessageType, []))];
            }

            return fields;
        }
    }

    /// <summary>Whether a message can hold an id or a token.</summary>
    private static bool Holds(MessageDescriptor descriptor, HashSet<MessageDescriptor> seen) =>
        seen.Add(descriptor) && (descriptor.ClrType == typeof(PageRequest) || descriptor.ClrType == typeof(HolonPage)
            || descriptor.Fields.InFieldNumberOrder().Any(field => field.Name is "local_id"
                || (field.FieldType == FieldType.Message && Holds(field.MessageType, seen))));
}
