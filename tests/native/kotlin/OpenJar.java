import static org.jetbrains.org.objectweb.asm.Opcodes.*;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jetbrains.org.objectweb.asm.ClassReader;
import org.jetbrains.org.objectweb.asm.ClassVisitor;
import org.jetbrains.org.objectweb.asm.ClassWriter;
import org.jetbrains.org.objectweb.asm.MethodVisitor;
import org.jetbrains.org.objectweb.asm.Type;

/**
 * Makes a stub library that can be run: {@code java OpenJar android.jar open.jar}.
 *
 * <p>Every body that throws returns nothing, 0 or null instead, nothing is final or abstract, and every
 * constructor is public, so that a fake is a subclass that overrides what a test needs, checked
 * against the signatures of the real library.
 */
public final class OpenJar {
  public static void main(String[] arguments) throws IOException {
    try (ZipFile stubs = new ZipFile(arguments[0]);
        ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(new FileOutputStream(arguments[1])))) {
      out.setLevel(1);
      for (ZipEntry entry : Collections.list(stubs.entries())) {
        String name = entry.getName();
        if (name.startsWith("android/") && name.endsWith(".class")) {
          out.putNextEntry(new ZipEntry(name));
          out.write(opened(stubs.getInputStream(entry).readAllBytes()));
          out.closeEntry();
        }
      }
    }
  }

  private static byte[] opened(byte[] bytes) {
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(bytes).accept(new Opening(writer), ClassReader.SKIP_DEBUG);
    return writer.toByteArray();
  }

  private static final class Opening extends ClassVisitor {
    private boolean open;

    Opening(ClassWriter writer) {
      super(ASM9, writer);
    }

    /** Interfaces stay what they are, and so do enumerations, whose constants the virtual machine makes. */
    private static boolean opens(int access) {
      return (access & (ACC_INTERFACE | ACC_ENUM)) == 0;
    }

    private static int opened(int access) {
      return opens(access) ? access & ~(ACC_FINAL | ACC_ABSTRACT) : access;
    }

    @Override
    public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
      open = opens(access);
      super.visit(version, opened(access), name, signature, parent, interfaces);
    }

    @Override
    public void visitInnerClass(String name, String outer, String inner, int access) {
      super.visitInnerClass(name, outer, inner, opened(access));
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] thrown) {
      if (!open) {
        return super.visitMethod(access, name, descriptor, signature, thrown);
      }
      int visible = name.equals("<init>") ? (access & ~(ACC_PRIVATE | ACC_PROTECTED)) | ACC_PUBLIC : access;
      MethodVisitor code =
          super.visitMethod(visible & ~(ACC_FINAL | ACC_ABSTRACT | ACC_NATIVE), name, descriptor, signature, thrown);
      if ((access & (ACC_ABSTRACT | ACC_NATIVE)) != 0) {
        code.visitCode();
        nothing(code, descriptor);
        code.visitMaxs(2, 1 + (Type.getArgumentsAndReturnSizes(descriptor) >> 2));
        code.visitEnd();
        return null;
      }
      return new Returning(code, descriptor);
    }
  }

  private static void nothing(MethodVisitor code, String descriptor) {
    switch (Type.getReturnType(descriptor).getSort()) {
      case Type.VOID -> code.visitInsn(RETURN);
      case Type.LONG -> returns(code, LCONST_0, LRETURN);
      case Type.FLOAT -> returns(code, FCONST_0, FRETURN);
      case Type.DOUBLE -> returns(code, DCONST_0, DRETURN);
      case Type.OBJECT, Type.ARRAY -> returns(code, ACONST_NULL, ARETURN);
      default -> returns(code, ICONST_0, IRETURN);
    }
  }

  private static void returns(MethodVisitor code, int value, int instruction) {
    code.visitInsn(value);
    code.visitInsn(instruction);
  }

  /** A stub calls its parent's constructor, if it is one, and throws: it returns where it would throw. */
  private static final class Returning extends MethodVisitor {
    private final String descriptor;
    private boolean returned;

    Returning(MethodVisitor code, String descriptor) {
      super(ASM9, code);
      this.descriptor = descriptor;
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      if (!returned && opcode == NEW && type.equals("java/lang/RuntimeException")) {
        nothing(mv, descriptor);
        returned = true;
      } else if (!returned) {
        super.visitTypeInsn(opcode, type);
      }
    }

    @Override
    public void visitInsn(int opcode) {
      if (!returned) {
        super.visitInsn(opcode);
      }
    }

    @Override
    public void visitLdcInsn(Object value) {
      if (!returned) {
        super.visitLdcInsn(value);
      }
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (!returned) {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      }
    }
  }
}
